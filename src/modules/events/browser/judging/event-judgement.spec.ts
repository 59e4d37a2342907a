import { judgeEvent, keyOf, type BrowserEvent, type JudgementFrame } from './event-judgement.js';
import { PrivacyRules, type PrivacySettings } from './privacy-rules.js';

const NOW = Date.parse('2025-01-13T12:00:00Z');
const DAY_MS = 86_400_000;

const frame = (settings: PrivacySettings = {}): JudgementFrame => ({
  userId: 'ann',
  receivedAt: NOW,
  rules: new PrivacyRules(settings),
});

const page = { tabId: 12, windowId: 1, url: 'https://github.com/almanac', title: 'almanac' };
const good = { _id: 'e-1', v: 1, type: 'TAB_ACTIVATED', ts: NOW, payload: page };

function accepted(item: unknown, settings?: PrivacySettings): BrowserEvent {
  const { event, reason } = judgeEvent(item, frame(settings));
  if (event === undefined) throw new Error(`refused: ${reason}`);
  return event;
}

const reasonOf = (item: unknown, settings?: PrivacySettings) => judgeEvent(item, frame(settings)).reason;
const withPayload = (payload: unknown) => ({ ...good, payload });
const withUrl = (url: unknown, more: object = {}) => withPayload({ ...page, url, ...more });

describe('judgeEvent', () => {
  it('should take an event as the extension sends it', () => {
    expect(accepted(good)).toEqual({
      key: keyOf('ann', 'e-1'),
      userId: 'ann',
      eventId: 'e-1',
      type: 'TAB_ACTIVATED',
      at: NOW,
      clamped: false,
      domain: 'github.com',
      state: null,
      device: null,
      payload: page,
      ...page,
    });
  });

  it('should keep unknown types, and events without a payload', () => {
    for (const payload of [undefined, null, {}])
      expect(accepted({ ...good, type: 'X_Y', payload })).toMatchObject({ type: 'X_Y', domain: null, payload: {} });
  });

  it('should give two users different keys for the same id', () => {
    expect(keyOf('ann', 'e')).not.toEqual(keyOf('bob', 'e'));
    expect(keyOf('ann', 'e')).toEqual(keyOf('ann', 'e'));
  });

  it.each([
    ['deviceId', 'laptop', 'laptop'],
    ['device_id', 7, '7'],
    ['clientId', 'x', 'x'],
    ['client_id', 'y', 'y'],
    ['deviceId', '', null],
    ['deviceId', { a: 1 }, null],
    ['deviceId', 'x'.repeat(200), null],
  ])('should know a browser by %s %p: %p', (key, value, device) => {
    expect(accepted(withPayload({ ...page, [key]: value })).device).toBe(device);
  });

  describe('I3 I7 judging hostile events by themselves', () => {
    const deep = (levels: number) => JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
    it.each<[string, unknown, string]>([
      ['a number', 5, 'event must be an object'],
      ['null', null, 'event must be an object'],
      ['a list', [good], 'event must be an object'],
      ['no id', { ...good, _id: undefined }, '_id must be'],
      ['an operator as id', { ...good, _id: { $gt: '' } }, '_id must be'],
      ['a number as id', { ...good, _id: 5 }, '_id must be'],
      ['an empty id', { ...good, _id: '' }, '_id must be'],
      ['a long id', { ...good, _id: 'x'.repeat(129) }, '_id must be'],
      ['a NUL in the id', { ...good, _id: 'a\u0000b' }, '_id must be'],
      ['half a surrogate pair in the id', { ...good, _id: 'a\ud800' }, '_id must be'],
      ['no type', { ...good, type: undefined }, 'type must be'],
      ['a list as type', { ...good, type: ['TAB_ACTIVATED'] }, 'type must be'],
      ['a long type', { ...good, type: 'x'.repeat(65) }, 'type must be'],
      ['no time', { ...good, ts: undefined }, 'ts must be'],
      ['a text as time', { ...good, ts: '1736758800000' }, 'ts must be'],
      ['NaN as time', { ...good, ts: NaN }, 'ts must be'],
      ['a time before 1970', { ...good, ts: -1 }, 'ts must be'],
      ['a time no date can hold', { ...good, ts: 1e300 }, 'ts must be'],
      ['a text as payload', withPayload('x'), 'payload must be an object'],
      ['a list as payload', withPayload([]), 'payload must be an object'],
      ['an operator as tab', withPayload({ tabId: { $gt: 0 } }), 'tabId must be'],
      ['a text as window', withPayload({ windowId: '1' }), 'windowId must be'],
      ['half a tab', withPayload({ tabId: 1.5 }), 'tabId must be'],
      ['a number as url', withUrl(5), 'url must be'],
      ['an object as title', withPayload({ ...page, title: {} }), 'title must be'],
      ['a list as state', withPayload({ state: ['idle'] }), 'state must be'],
      ['a NUL in the title', withPayload({ title: 'a\u0000' }), 'not valid Unicode'],
      ['half a surrogate pair in the title', withPayload({ title: '\udc00' }), 'not valid Unicode'],
      ['a NUL in the url', withUrl('https://a.example/\u0000'), 'not valid Unicode'],
      ['a NUL in a key', withPayload({ 'a\u0000': 1 }), 'not valid Unicode'],
      ['__proto__', withPayload(JSON.parse('{"__proto__":{"x":1}}')), "reserved key '__proto__'"],
      ['__proto__ within', withPayload(JSON.parse('{"a":[{"__proto__":1}]}')), "reserved key '__proto__'"],
      ['constructor.prototype', withPayload({ constructor: { prototype: {} } }), "reserved key 'constructor'"],
      ['_bsontype', withPayload({ a: { _bsontype: 'Long' } }), "reserved key '_bsontype'"],
      ['depth 11', withPayload(deep(11)), 'deeper than 10'],
      ['depth 10,000', withPayload(deep(9000)), 'deeper than 10'],
      ['101 keys', withPayload(Object.fromEntries(Array.from({ length: 101 }, (_, i) => [`k${i}`, 1]))), '100 keys'],
      ['33 KB', withPayload({ a: 'x'.repeat(33_000) }), 'larger than 32 KB'],
      ['33 KB of short values', withPayload({ a: Array.from({ length: 17_000 }, () => 1) }), 'larger than 32 KB'],
      ['33 KB of escapes', withPayload({ a: '\u0001'.repeat(6000) }), 'larger than 32 KB'],
    ])('should refuse %s', (_name, item, reason) => expect(reasonOf(item)).toContain(reason));

    it('should take what is just within the limits', () => {
      expect(accepted(withPayload(deep(10))).payload).toEqual(deep(10));
      expect(accepted(withPayload({ a: 'x'.repeat(32_000) })).payload).toEqual({ a: 'x'.repeat(32_000) });
      const odd = { $set: { 'a.b': 1 }, 'x.y': [null, true, -0, 1e308], '': 'ü😀', then: 'x', toJSON: 1 };
      expect(accepted(withPayload(odd)).payload).toEqual(odd);
    });
  });

  it('D6 should move a time more than a day ahead to its receipt and say so', () => {
    expect(accepted({ ...good, ts: NOW + DAY_MS })).toMatchObject({ at: NOW + DAY_MS, clamped: false });
    expect(accepted({ ...good, ts: NOW + DAY_MS + 1 })).toMatchObject({ at: NOW, clamped: true });
    expect(accepted({ ...good, ts: 8.64e15 })).toMatchObject({ at: NOW, clamped: true });
    expect(accepted({ ...good, ts: NOW - 0.5 })).toMatchObject({ at: NOW - 1, clamped: false });
    expect(accepted({ ...good, ts: 0 })).toMatchObject({ at: 0, clamped: false });
  });

  describe('privacy', () => {
    it('should refuse private windows as private, whatever else is wrong', () => {
      expect(reasonOf(withPayload({ ...page, incognito: true }))).toBe('private');
      expect(reasonOf({ payload: { incognito: true } })).toBe('private');
      for (const incognito of [false, 'true', 1, null]) accepted(withPayload({ ...page, incognito }));
    });

    it.each([
      'https://bank.example/',
      'https://www.bank.example/login',
      'http://my.BANK.example:8443/',
      'https://user@bank.example./',
      'view-source:https://bank.example/',
      'blob:https://bank.example/1-2-3',
      'bank.example/login',
    ])('should record of an excluded domain only that a tab shows something: %s', (url) => {
      const event = accepted(withPayload({ ...page, url, title: 'Account of ann', note: url }), {
        excluded_domains: ['https://www.bank.example/'],
      });
      expect(event).toMatchObject({ domain: null, url: '', title: null, tabId: 12, windowId: 1, payload: {} });
      expect(JSON.stringify(event)).not.toMatch(/bank|account/i);
    });

    it.each(['https://notbank.example/', 'https://bank.example.org/', 'https://search.example/?q=bank.example'])(
      'should record a domain that is only like an excluded one: %s',
      (url) => {
        expect(accepted(withUrl(url), { excluded_domains: ['https://www.bank.example/'] }).domain).not.toBeNull();
      },
    );

    it.each([
      ['https://a.example/x?token=1#top', 'https://a.example/x', 'a.example'],
      ['https://a.example', 'https://a.example', 'a.example'],
      ['https://a.example/#access_token=1', 'https://a.example/', 'a.example'],
      ['https://ann:secret@a.example/x?y', 'https://a.example/x', 'a.example'],
      ['chrome://settings/passwords?search=x', 'chrome://settings/passwords', null],
      ['chrome-extension://abc/suspended.html#uri=https://a.example', 'chrome-extension://abc/suspended.html', null],
      ['about:blank', 'about:blank', null],
      ['file:///home/ann/a.pdf#page=2', 'file:///home/ann/a.pdf', null],
      ['data:text/html,<p>secret', 'data:', null],
      ['javascript:alert(1)', 'javascript:', null],
      ['blob:https://a.example/1-2', 'blob:', null],
      ['not an address?x', 'not an address', null],
      ['', '', null],
    ])('should store of %s only %s', (url, stored, domain) => {
      const event = accepted(withUrl(url));
      expect([event.url, event.payload.url, event.domain]).toEqual([stored, stored, domain]);
    });

    it('should keep query and fragment where they are allowed, never a password', () => {
      const settings = { keep_query_strings: ['a.example'] };
      expect(accepted(withUrl('https://www.a.example/x?y=1#z'), settings).url).toBe('https://www.a.example/x?y=1#z');
      expect(accepted(withUrl('https://ann:pw@a.example/x?y=1'), settings).url).toBe('https://a.example/x?y=1');
      expect(accepted(withUrl('https://b.example/x?y=1'), settings).url).toBe('https://b.example/x');
    });

    it('should clean every address in the payload', () => {
      const settings = { excluded_domains: ['bank.example'] };
      const payload = {
        ...page,
        referrer: 'https://bank.example/login?x=1',
        tab: { pendingUrl: 'https://a.example/x?token=1', favIconUrl: `data:image/png;base64,${'A'.repeat(100_000)}` },
        history: ['https://ann:pw@a.example/?x', 'see https://a.example/?x=1'],
        title: 'github.com/almanac?token=1#top',
        url: 'https://github.com/almanac?token=1#top',
      };
      const event = accepted(withPayload(payload), settings);
      expect(event.payload).toEqual({
        tabId: 12,
        windowId: 1,
        url: 'https://github.com/almanac',
        title: 'github.com/almanac',
        referrer: null,
        tab: { pendingUrl: 'https://a.example/x', favIconUrl: 'data:' },
        history: ['https://a.example/', 'see https://a.example/?x=1'],
      });
      expect(event.title).toBe('github.com/almanac');
    });
  });
});
