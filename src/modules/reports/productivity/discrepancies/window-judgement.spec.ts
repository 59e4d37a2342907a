import type { Category } from '../../../../common/categories/category.js';
import { CategoryTable } from '../../../../common/categories/category-table.js';
import { KNOWN_APPS } from './app-table.js';
import { judgeWindow } from './window-judgement.js';

const DEFAULTS = new CategoryTable();

/** `social_media Reddit`, `shopping Amazon`, or nothing. */
function judged(app: string, title = '', categories = DEFAULTS): string {
  const { subject, type, category } = judgeWindow(app, title, categories);
  return subject === null ? '' : `${type ?? category} ${subject}`;
}

describe('what a window is', () => {
  it.each([
    ['Reddit', '', 'social_media Reddit'],
    ['reddit.exe', '', 'social_media Reddit'],
    ['Spotify.app', 'Artist - Song', 'media_consumption Spotify'],
    ['Telegram Desktop', '', 'social_media Telegram'],
    ['vlc', 'holiday.mp4', 'media_consumption VLC'],
    ['Steam', '', 'entertainment Steam'],
    ['Excel', 'YouTube - plan.xlsx', ''],
    ['Code', 'reddit - index.ts', ''],
    ['Teams', 'Chat | Facebook', ''],
    ['', '', ''],
  ])('should know the app %p (%p): %p', (app, title, expected) => {
    expect(judged(app, title)).toBe(expected);
  });

  it.each([
    ['Chrome', 'Reddit - Front Page', 'social_media Reddit'],
    ['chrome.exe', 'r/aww - Reddit - Google Chrome', 'social_media Reddit'],
    ['Google Chrome', '(12) Lofi beats - YouTube - Google Chrome', 'media_consumption YouTube'],
    ['Firefox', 'Home / X — Mozilla Firefox', 'social_media X'],
    ['Firefox', 'Plan / X and Y — Mozilla Firefox', ''],
    ['msedge', 'Feed | LinkedIn - Microsoft\u200b Edge', 'social_media LinkedIn'],
    ['Safari', 'Spotify – Web Player', 'media_consumption Spotify'],
    ['Safari', 'Song - YouTube Music', 'media_consumption YouTube Music'],
    ['Brave', 'Amazon.de: Tastaturen', 'shopping Amazon'],
    ['Arc', 'https://www.youtube.com/watch?v=1', 'media_consumption YouTube'],
    ['Arc', 'old.reddit.com', 'social_media Reddit'],
    ['Arc', 'www.xing.com', 'social_media xing.com'],
    ['Arc', 'shop.otto.de/jacken', 'shopping shop.otto.de'],
    ['Chrome', 'How to embed a YouTube video - Stack Overflow', ''],
    ['Chrome', 'reddit - Google Search', ''],
    ['Chrome', 'Facebook - Wikipedia', ''],
    ['Chrome', 'Spreadsheet with facebook numbers - Google Sheets', ''],
    ['Chrome', 'Gmail - Chrome', ''],
    ['Chrome', 'index.ts', ''],
    ['Chrome', 'Google Chrome', ''],
    ['Chrome', '', ''],
  ])('should read the page of %p from %p: %p', (app, title, expected) => {
    expect(judged(app, title)).toBe(expected);
  });

  it.each([
    ['Funny cats - YouTube - Google Chrome - Ann (Work)', 'media_consumption YouTube'],
    ['Funny cats - YouTube - Google Chrome – Ann', 'media_consumption YouTube'],
    ['Funny cats - YouTube - Audio playing - Google Chrome', 'media_consumption YouTube'],
    ['Funny cats - YouTube - Audio playing - Google Chrome - Ann', 'media_consumption YouTube'],
    ['Funny cats - YouTube - High memory usage - 1.2 GB - Google Chrome', 'media_consumption YouTube'],
    ['Funny cats - YouTube - Google Chrome (Incognito)', 'media_consumption YouTube'],
    ['Funny cats - YouTube - Personal - Microsoft\u200b Edge', 'media_consumption YouTube'],
    ['Funny cats - YouTube - Microsoft Edge', 'media_consumption YouTube'],
    ['Funny cats - YouTube and 3 more pages - Personal - Microsoft Edge', 'media_consumption YouTube'],
    ['Funny cats - YouTube and 1 more page - Microsoft Edge', 'media_consumption YouTube'],
    ['Funny cats - YouTube - [InPrivate] - Microsoft Edge', 'media_consumption YouTube'],
    ['Home / X and 2 more pages - Work - Microsoft Edge', 'social_media X'],
    ['Funny cats - YouTube — Mozilla Firefox Private Browsing', 'media_consumption YouTube'],
    ['Funny cats - YouTube - Mozilla Firefox (Private Browsing)', 'media_consumption YouTube'],
    ['Ann (@ann) • Instagram photos and videos - Google Chrome', 'social_media Instagram'],
    ['Install - Google Chrome - YouTube', 'media_consumption YouTube'],
    ['Reddit - Google Chrome - Wikipedia', ''],
    ['reddit - Google Search - Google Chrome - Ann', ''],
    ['Netflix - Wikipedia - Microsoft Edge', ''],
    ['Netflix - Wikipedia - Personal - Microsoft Edge', ''],
    ['Funny cats - YouTube and 3 more pages - index.ts - Google Chrome', ''],
    ['Plan - Personal - Microsoft Edge', ''],
    ['Personal - Microsoft Edge', ''],
    ['Microsoft Edge', ''],
  ])('should read the page from a title with what a browser adds, %p: %p', (title, expected) => {
    expect(judged('Chrome', title)).toBe(expected);
  });

  it.each<[string, string, Record<string, Category>, string]>([
    ['Steam', '', { 'steampowered.com': 'work' }, 'work Steam'],
    ['Chrome', 'Steam - Google Chrome', { 'steampowered.com': 'work' }, 'work Steam'],
    ['Chrome', 'store.steampowered.com', { 'store.steampowered.com': 'work' }, 'work Steam'],
    ['Steam', '', { 'store.steampowered.com': 'work' }, 'entertainment Steam'],
    ['Chrome', 'Amazon.de: Tastaturen', { 'amazon.de': 'work' }, 'work Amazon'],
    ['Chrome', 'Amazon.com: Keyboards', { 'amazon.de': 'work' }, 'shopping Amazon'],
    ['Chrome', 'shop.otto.de', { 'otto.de': 'work' }, 'work shop.otto.de'],
    ['Chrome', 'games.example.org', { 'example.org': 'entertainment' }, 'entertainment games.example.org'],
    ['Chrome', 'r/aww - Reddit', { 'reddit.com': 'work' }, 'social_media Reddit'],
  ])('should put own entries in the place of the categories of %p (%p), %p: %p', (app, title, own, expected) => {
    expect(judged(app, title, new CategoryTable(own))).toBe(expected);
  });

  it('should know sites by the categories of the one table', () => {
    for (const { name, category, domains = [] } of KNOWN_APPS) {
      for (const domain of domains)
        expect([name, domain, DEFAULTS.categoryOf(domain)]).toEqual([name, domain, category]);
    }
  });

  it.each([
    ['Funny cats - YouTube - Google Chrome - Developer', false],
    ['Funny cats - YouTube — Firefox Developer Edition', false],
    ['r/programming - Reddit', true],
    ['r/learnpython: lists - Reddit', true],
    ['TypeScript tutorial - YouTube', true],
    ['Reddit - Front Page', false],
    ['r/aww - Reddit', false],
  ])('should see work in %p: %p', (title, expected) => {
    expect(judgeWindow('Chrome', title, DEFAULTS).workContext).toBe(expected);
  });

  it('should answer for hostile titles at once', () => {
    const started = performance.now();
    const edge = ' - x'.repeat(20_000) + ' - Microsoft Edge'.repeat(5000);
    for (const title of [edge, ' - '.repeat(20_000), 'a.'.repeat(30_000), ': '.repeat(30_000), '('.repeat(60_000)]) {
      judgeWindow('Chrome', title, DEFAULTS);
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
