import { categoryGroupOf } from '../common/categories/category.js';
import { CategoryTable } from '../common/categories/category-table.js';
import { AttentionTracker } from '../modules/analytics/browser/attention/attention-tracker.js';
import { DomainNumbers, forEachSignal } from '../modules/analytics/browser/attention/column-signals.js';
import { toColumns } from '../modules/events/browser/days/event-columns.js';
import { judgeEvent, type BrowserEvent } from '../modules/events/browser/judging/event-judgement.js';
import { PrivacyRules } from '../modules/events/browser/judging/privacy-rules.js';
import { generateBrowsing, listBrowsingDays, type BrowsingEvent } from './browsing-demo.js';

const HOUR_MS = 3_600_000;
const UNTIL = Date.parse('2026-11-22T22:59:00Z');
const ZONE = 'Europe/Berlin';

describe('generateBrowsing', () => {
  const events = generateBrowsing(UNTIL, ZONE);
  const days = listBrowsingDays(UNTIL, ZONE);

  it('should give the same events for the same time and zone', () => {
    expect(generateBrowsing(UNTIL, ZONE)).toEqual(events);
    expect(new Set(events.map(({ _id }) => _id)).size).toBe(events.length);
  });

  it.each([
    ['late in the evening', '2026-11-22T22:59:00Z', ZONE],
    ['just after midnight', '2026-11-21T23:01:00Z', ZONE],
    ['with a day of 23 hours', '2026-04-03T23:00:00Z', 'America/New_York'],
    ['with a day that begins at 01:00', '2025-05-02T12:00:00Z', 'Africa/Cairo'],
  ])('should lie within the 28 local days that end now, %s', (_, now, timeZone) => {
    const until = Date.parse(now);
    const some = generateBrowsing(until, timeZone);
    const [first] = listBrowsingDays(until, timeZone);
    expect(listBrowsingDays(until, timeZone)).toHaveLength(28);
    expect(some.length).toBeGreaterThan(4000);
    expect(some.length).toBeLessThan(15_000);
    expect(some.every(({ ts }) => ts >= first!.start && ts <= until)).toBe(true);
    expect(some.some(({ ts }, i) => ts < (some[i - 1]?.ts ?? 0))).toBe(false);
  });

  it('should only make events that a sync accepts, as it would receive them', () => {
    const verdicts = events.map((event) => judge(event));
    expect(verdicts.filter(({ reason }) => reason !== undefined)).toEqual([]);
    for (const { type, ts, payload } of events) expect(payload).toMatchObject({ type, ts });
    expect(new Set(events.map(({ type }) => type))).toEqual(
      new Set([
        'TAB_ACTIVATED',
        'TAB_CREATED',
        'TAB_REMOVED',
        'TAB_UPDATED',
        'WINDOW_FOCUS_CHANGED',
        'IDLE_STATE_CHANGED',
      ]),
    );
  });

  it('should show, change and close only tabs that are open', () => {
    const open = new Set<string>();
    for (const { type, payload } of events) {
      if (payload.tabId === undefined) continue;
      const tab = `${payload.deviceId} ${payload.windowId} ${payload.tabId}`;
      expect([type, tab, open.has(tab)]).toEqual([type, tab, type !== 'TAB_CREATED']);
      if (type === 'TAB_CREATED') open.add(tab);
      if (type === 'TAB_REMOVED') open.delete(tab);
    }
  });

  it('should come back from other programs, from pauses, and from the night', () => {
    for (const device of ['laptop', 'desktop']) {
      const own = events.filter(({ payload }) => payload.deviceId === device);
      const focus = own.filter(({ type }) => type === 'WINDOW_FOCUS_CHANGED').map(({ payload }) => payload.windowId);
      focus.forEach((window, i) => expect([window, focus[i - 1]]).not.toEqual([-1, -1]));
      expect(focus).toContain(-1);
      const states = own.filter(({ type }) => type === 'IDLE_STATE_CHANGED').map(({ payload }) => payload.state);
      states.forEach((state, i) => expect(state === 'active').toBe(i % 2 === 0));
      expect(states.at(-1)).toBe('locked');
      expect(states).toContain('idle');
    }
  });

  it('should use two browsers on some days, now and then both at once', () => {
    const devices = days.map(({ start, end }) => {
      const day = events.filter(({ ts }) => ts >= start && ts < end);
      return new Set(day.map(({ payload }) => payload.deviceId)).size;
    });
    const both = devices.filter((count) => count === 2).length;
    expect(both).toBeGreaterThan(5);
    expect(both).toBeLessThan(20);
    const switches = events.filter(
      ({ ts, payload }, i) =>
        i > 0 && payload.deviceId !== events[i - 1]!.payload.deviceId && ts - events[i - 1]!.ts < 600_000,
    );
    expect(switches.length).toBeGreaterThan(10);
  });

  it('should add up to a plausible life: hours of work on workdays, less and other things at weekends', () => {
    const table = new CategoryTable();
    const spent = days.map(() => ({ total: 0, productive: 0, social: 0, neutral: 0 }));
    for (const { domain, from, toExclusive } of stretches(events)) {
      const day = spent[days.findIndex(({ start, end }) => from >= start && from < end)]!;
      day.total += (toExclusive - from) / HOUR_MS;
      day[categoryGroupOf(table.categoryOf(domain))] += (toExclusive - from) / HOUR_MS;
    }
    const isWeekend = days.map(({ label }) => [0, 6].includes(new Date(label).getUTCDay()));
    const mean = (weekend: boolean, of: (day: (typeof spent)[number]) => number) => {
      const some = spent.filter((_, i) => isWeekend[i] === weekend);
      return some.reduce((sum, day) => sum + of(day), 0) / some.length;
    };
    expect(mean(false, ({ total }) => total)).toBeGreaterThan(4);
    expect(mean(false, ({ total }) => total)).toBeLessThan(9);
    expect(mean(true, ({ total }) => total)).toBeLessThan(0.5 * mean(false, ({ total }) => total));
    expect(mean(true, ({ total }) => total)).toBeGreaterThan(0.5);
    expect(mean(false, ({ productive }) => productive)).toBeGreaterThan(2 * mean(false, ({ social }) => social));
    expect(mean(true, ({ social }) => social)).toBeGreaterThan(mean(true, ({ productive }) => productive));
  });
});

function judge(event: BrowsingEvent) {
  return judgeEvent(event, { userId: 'demo', receivedAt: UNTIL, rules: new PrivacyRules() });
}

function stretches(events: readonly BrowsingEvent[]): { domain: string; from: number; toExclusive: number }[] {
  const found: { domain: string; from: number; toExclusive: number }[] = [];
  const numbers = new DomainNumbers();
  const tracker = new AttentionTracker('cap', (domain, from, toExclusive) =>
    found.push({ domain: numbers.names[domain]!, from, toExclusive }),
  );
  const told = events.map((event) => judge(event).event as BrowserEvent);
  const columns = toColumns(told.map((event) => ({ ...event, hasAddress: event.url !== null })));
  forEachSignal(columns, numbers, (signal) => {
    tracker.feed(signal);
    return true;
  });
  tracker.finish();
  return found;
}
