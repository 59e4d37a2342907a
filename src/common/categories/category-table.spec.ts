import { CATEGORIES } from './category.js';
import { CATEGORY_DEFAULTS } from './category-defaults.js';
import { CategoryTable } from './category-table.js';

describe('CategoryTable', () => {
  const table = new CategoryTable();

  it.each([
    ['github.com', 'work'],
    ['gist.github.com', 'work'],
    ['notgithub.com', 'other'],
    ['github.com.evil.example', 'other'],
    ['GitHub.COM', 'work'],
    ['www.github.com', 'work'],
    ['github.com.', 'work'],
    ['github.com:8443', 'work'],
    ['docs.github.com', 'learning'],
    ['de.wikipedia.org', 'learning'],
    ['youtube.com', 'entertainment'],
    ['old.reddit.com', 'social'],
    ['amazon.de', 'shopping'],
    ['aws.amazon.com', 'work'],
    ['news.bbc.co.uk', 'news'],
    ['co.uk', 'other'],
    ['com', 'other'],
    ['localhost', 'other'],
    ['127.0.0.1', 'other'],
    ['[::1]', 'other'],
    ['', 'other'],
    ['not a host', 'other'],
    ['__proto__', 'other'],
    ['constructor', 'other'],
  ])('should take %p for %s', (host, category) => expect(table.categoryOf(host)).toBe(category));

  it('should tell what is other by an entry from what no entry covers', () => {
    expect(new CategoryTable({ 'example.org': 'other' }).find('a.example.org')).toBe('other');
    expect(table.find('example.org')).toBeNull();
    expect(table.find('not a host')).toBeNull();
  });

  it("should put a person's own entries in the place of the defaults", () => {
    const own = new CategoryTable({ 'github.com': 'learning', 'example.org': 'work', localhost: 'work' });
    expect(own.categoryOf('gist.github.com')).toBe('learning');
    expect(own.categoryOf('a.b.example.org')).toBe('work');
    expect(own.categoryOf('localhost')).toBe('work');
    expect(own.categoryOf('youtube.com')).toBe('entertainment');
    expect(table.categoryOf('gist.github.com')).toBe('work');
  });

  it("should tell a person's own entries from those of the product", () => {
    const own = new CategoryTable({ 'google.com': 'social', 'steampowered.com': 'work' });
    expect(own.findOwn('store.steampowered.com')).toBe('work');
    expect(own.findOwn('google.com')).toBe('social');
    expect(own.findOwn('docs.google.com')).toBeNull();
    expect(own.findOwn('youtube.com')).toBeNull();
    expect(own.findOwn('not a host')).toBeNull();
    expect(table.findOwn('steampowered.com')).toBeNull();
  });

  it('should let the longest entry win, whosever it is', () => {
    const own = new CategoryTable({
      'google.com': 'social',
      'play.example.com': 'entertainment',
      'example.com': 'work',
    });
    expect(own.categoryOf('google.com')).toBe('social');
    expect(own.categoryOf('docs.google.com')).toBe('work');
    expect(own.categoryOf('a.play.example.com')).toBe('entertainment');
    expect(own.categoryOf('display.example.com')).toBe('work');
  });

  it('should never let a public suffix cover what is registered below it', () => {
    const own = new CategoryTable({ com: 'social', 'co.uk': 'social', 'github.io': 'learning' });
    expect(own.categoryOf('unknown.com')).toBe('other');
    expect(own.categoryOf('shop.co.uk')).toBe('other');
    expect(own.categoryOf('someone.github.io')).toBe('learning');
    expect(own.categoryOf('com')).toBe('social');
  });

  it('should understand entries as people write them', () => {
    const own = new CategoryTable({
      'https://www.Example.com/login?x=1': 'work',
      '*.example.net': 'news',
      'münchen.example': 'shopping',
      'not a domain': 'work',
    });
    expect(own.categoryOf('example.com')).toBe('work');
    expect(own.categoryOf('deep.example.net')).toBe('news');
    expect(own.categoryOf('xn--mnchen-3ya.example')).toBe('shopping');
  });

  it('should match an IP address only as a whole', () => {
    const own = new CategoryTable({ '10.0.0.1': 'work', '0.1': 'news' });
    expect(own.categoryOf('10.0.0.1')).toBe('work');
    expect(own.categoryOf('11.0.0.1')).toBe('other');
  });
});

describe('CATEGORY_DEFAULTS', () => {
  const rows = Object.entries(CATEGORY_DEFAULTS).flatMap(([category, domains]) =>
    domains.map((domain) => ({ category, domain })),
  );

  it('should name every domain once, in its normal form, where it is found', () => {
    const table = new CategoryTable();
    expect(new Set(rows.map(({ domain }) => domain)).size).toBe(rows.length);
    for (const { category, domain } of rows) {
      expect([domain, table.categoryOf(domain)]).toEqual([domain, category]);
      expect(domain).toMatch(/^(?!www\.)[a-z0-9-]+(\.[a-z0-9-]+)+$/);
    }
  });

  it('should use the categories of the product', () => {
    expect([...Object.keys(CATEGORY_DEFAULTS), 'other'].sort()).toEqual([...CATEGORIES].sort());
  });
});
