import { readActivity } from './activity-input.js';

const NOW = Date.parse('2025-11-14T12:00:00Z');
const DAY = 86_400_000;
const RECEIPT = { receivedAt: NOW, earliest: NOW - 400 * DAY };
const read = (row: unknown, full = false) => readActivity(row, RECEIPT, full);
const good = { user_id: 'u', action: 'login' };

describe('readActivity', () => {
  it('should take what the old clients send', () => {
    const row = {
      ...good,
      ip_address: '192.168.1.77',
      user_agent: 'Mozilla/5.0',
      timestamp: '2025-11-14T10:00:00+02:00',
      session_id: 's',
      metadata: { plan: 'pro' },
      event_id: 'e',
    };
    expect(read(row)).toEqual({
      id: expect.stringMatching(/^[\w-]{16}$/),
      userId: 'u',
      occurredAt: Date.parse('2025-11-14T08:00:00Z'),
      clamped: false,
      eventId: 'e',
      action: 'login',
      sessionId: 's',
      ipAddress: '192.168.1.0',
      userAgent: 'Mozilla/5.0',
      metadata: '{"plan":"pro"}',
      receivedAt: NOW,
    });
    expect(read(row, true).ipAddress).toBe('192.168.1.77');
  });

  it('should take what is absent, null or empty for not given', () => {
    for (const value of [undefined, null, '', ' ']) {
      const row = read({ ...good, ip_address: value, user_agent: value, session_id: value, event_id: value });
      expect([row.ipAddress, row.userAgent, row.sessionId, row.eventId, row.metadata]).toEqual(Array(5).fill(null));
    }
  });

  it.each([
    ['register', 'registration'],
    ['signup', 'registration'],
    ['Registration', 'registration'],
    ['LOGIN', 'login'],
    [' logout ', 'logout'],
    ['Export PDF', 'Export PDF'],
  ])('should count the action %p as %p', (action, name) => {
    expect(read({ ...good, action }).action).toBe(name);
  });

  it.each([
    [undefined, NOW],
    [null, NOW],
    ['', NOW],
    ['0001-01-01T00:00:00Z', NOW],
    ['2025-11-14T10:00:00', Date.parse('2025-11-14T10:00:00Z')],
    [NOW - 1000, NOW - 1000],
    [String(NOW - 1000), NOW - 1000],
    [NOW + DAY, NOW + DAY],
    [NOW - 400 * DAY, NOW - 400 * DAY],
  ])('should read the time %p', (timestamp, occurredAt) => {
    expect(read({ ...good, timestamp })).toMatchObject({ occurredAt, clamped: false });
  });

  it('should take a time that is too far ahead for that of the receipt, and say so (D6)', () => {
    expect(read({ ...good, timestamp: NOW + DAY + 1 })).toMatchObject({ occurredAt: NOW, clamped: true });
  });

  it('should cut a user agent, and take out of it what cannot be stored', () => {
    expect(read({ ...good, user_agent: `a\0b\ud800c${'x'.repeat(600)}` }).userAgent).toBe(`abc${'x'.repeat(507)}`);
    expect(read({ ...good, user_agent: `${'x'.repeat(511)}😀` }).userAgent).toBe('x'.repeat(511));
  });

  it('should keep any text in metadata, since JSON escapes it', () => {
    const { metadata } = read({ ...good, metadata: { 'a.$b\0': '\ud800', __proto__x: [1, { y: null }] } });
    expect(metadata).toBe('{"a.$b\\u0000":"\\ud800","__proto__x":[1,{"y":null}]}');
  });

  const deep = (levels: number): unknown => (levels === 0 ? 1 : { a: deep(levels - 1) });
  const wide = (keys: number) => Object.fromEntries(Array.from({ length: keys }, (_, i) => [`k${i}`, 0]));

  it('should take metadata up to its limits', () => {
    for (const metadata of [deep(10), wide(100), { text: 'x'.repeat(32 * 1024 - 11) }]) {
      expect(read({ ...good, metadata }).metadata).toBe(JSON.stringify(metadata));
    }
  });

  it.each<[string, unknown, string, RegExp]>([
    ['no row', 0, '', /object/],
    ['no row', null, '', /object/],
    ['no row', [good], '', /object/],
    ['no user', { action: 'login' }, 'user_id', /required/],
    ['an empty user', { ...good, user_id: '  ' }, 'user_id', /required/],
    ['a number for a user', { ...good, user_id: 7 }, 'user_id', /text/],
    ['an object for a user', { ...good, user_id: { $ne: '' } }, 'user_id', /text/],
    ['a long user', { ...good, user_id: 'x'.repeat(257) }, 'user_id', /256/],
    ['NUL in a user', { ...good, user_id: 'a\0b' }, 'user_id', /stored/],
    ['half a pair in a user', { ...good, user_id: 'a\udc00' }, 'user_id', /stored/],
    ['no action', { user_id: 'u' }, 'action', /required/],
    ['a list for an action', { ...good, action: ['login'] }, 'action', /text/],
    ['a long action', { ...good, action: 'x'.repeat(101) }, 'action', /100/],
    ['a bad address', { ...good, ip_address: '1.2.3' }, 'ip_address', /IPv4/],
    ['a number for an address', { ...good, ip_address: 2_130_706_433 }, 'ip_address', /text/],
    ['an impossible date', { ...good, timestamp: '2025-02-30T10:00:00Z' }, 'timestamp', /date/],
    ['words for a time', { ...good, timestamp: 'yesterday' }, 'timestamp', /date/],
    ['a flag for a time', { ...good, timestamp: true }, 'timestamp', /date/],
    ['a huge time', { ...good, timestamp: 1e18 }, 'timestamp', /date/],
    ['a time of pruned rows', { ...good, timestamp: NOW - 400 * DAY - 1 }, 'timestamp', /2024-10-10T12:00:00/],
    ['seconds for milliseconds', { ...good, timestamp: 1_763_121_600 }, 'timestamp', /before/],
    ['text for metadata', { ...good, metadata: '{}' }, 'metadata', /object/],
    ['a list for metadata', { ...good, metadata: [1] }, 'metadata', /object/],
    ['deep metadata', { ...good, metadata: deep(11) }, 'metadata', /levels/],
    ['wide metadata', { ...good, metadata: { a: wide(101) } }, 'metadata', /keys/],
    ['large metadata', { ...good, metadata: { text: 'x'.repeat(32 * 1024 - 10) } }, 'metadata', /KB/],
    ['a long event id', { ...good, event_id: 'x'.repeat(257) }, 'event_id', /256/],
  ])('should refuse %s', (_, row, path, message) => {
    expect(() => read(row)).toThrow(expect.objectContaining({ path, message: expect.stringMatching(message) }));
  });
});
