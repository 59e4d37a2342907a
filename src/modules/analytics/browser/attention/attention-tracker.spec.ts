import fc from 'fast-check';
import { compareEvents, toColumns, type ColumnEvent } from '../../../events/browser/days/event-columns.js';
import type { GapPolicy } from '../gap-policy.js';
import { AttentionTracker } from './attention-tracker.js';
import { DomainNumbers, forEachSignal } from './column-signals.js';
import { creditByTheMinute } from '../../../../../test/support/minute-simulation.js';

const MINUTE = 60_000;
const DAY = Date.parse('2025-01-13T00:00:00Z');
const RUNS = 500;

type Told = Partial<ColumnEvent> & { type: string };

/** `09:29:59` of a fixed day. */
const at = (clock: string): number => Date.parse(`2025-01-13T${clock.length === 5 ? `${clock}:00` : clock}Z`);

function event(clock: string, told: Told): ColumnEvent {
  return {
    at: at(clock),
    domain: null,
    hasAddress: told.domain !== undefined,
    tabId: null,
    windowId: null,
    state: null,
    device: null,
    ...told,
  };
}

const show = (clock: string, domain: string, more: Partial<ColumnEvent> = {}) =>
  event(clock, { type: 'TAB_ACTIVATED', domain, ...more });
const focus = (clock: string, windowId: number) => event(clock, { type: 'WINDOW_FOCUS_CHANGED', windowId });
const idle = (clock: string, state: string, more: Partial<ColumnEvent> = {}) =>
  event(clock, { type: 'IDLE_STATE_CHANGED', state, ...more });

interface Stretch {
  domain: string;
  from: number;
  toExclusive: number;
}

function stretches(events: ColumnEvent[], gap: GapPolicy, pieces = 1): Stretch[] {
  const found: Stretch[] = [];
  const domains = new DomainNumbers();
  let tracker = new AttentionTracker(gap, credit);
  function credit(domain: number, from: number, toExclusive: number): void {
    found.push({ domain: domains.names[domain]!, from, toExclusive });
  }
  const sorted = [...events].sort(compareEvents);
  const size = Math.max(1, Math.ceil(sorted.length / pieces));
  for (let start = 0; start < sorted.length; start += size) {
    // Every piece has names of its own.
    forEachSignal(toColumns(sorted.slice(start, start + size)), domains, (signal) => {
      tracker.feed(signal);
      return true;
    });
    if (gap === 'cap' && pieces > 1) {
      const saved = JSON.parse(JSON.stringify(tracker.save((domain) => domains.names[domain]!)));
      tracker = new AttentionTracker(gap, credit);
      tracker.restore(saved, (domain) => domains.numberOf(domain));
    }
  }
  tracker.finish();
  return found;
}

/** Minutes by domain, rounded to 2 decimals. */
function minutes(events: ColumnEvent[], gap: GapPolicy = 'cap'): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { domain, from, toExclusive } of stretches(events, gap)) {
    sums[domain] = (sums[domain] ?? 0) + (toExclusive - from);
  }
  return Object.fromEntries(Object.entries(sums).map(([domain, ms]) => [domain, Math.round(ms / 600) / 100]));
}

describe('AttentionTracker', () => {
  it('T3 should stop while nobody is there and while the browser has no focus', () => {
    const events = [
      show('09:00', 'github', { tabId: 1, windowId: 1 }),
      idle('09:10', 'idle'),
      idle('09:25', 'active'),
      show('09:30', 'youtube', { tabId: 2, windowId: 1 }),
      focus('09:35', -1),
      focus('10:30', 1),
      show('10:31', 'github', { tabId: 1, windowId: 1 }),
    ];
    expect(minutes(events)).toEqual({ github: 15, youtube: 6 });
    expect(minutes(events, 'drop')).toEqual({ github: 15, youtube: 6 });
    const unnamed = events.map((one) => (one.type === 'TAB_ACTIVATED' ? { ...one, tabId: null, windowId: null } : one));
    expect(minutes(unnamed)).toEqual({ github: 15, youtube: 6 });
  });

  it('T3 should credit the first 30 minutes of a gap, or nothing of it', () => {
    const events = [show('09:00', 'a'), show('09:29:59', 'b'), show('10:10', 'c'), show('10:12', 'a')];
    expect(minutes(events)).toEqual({ a: 29.98, b: 30, c: 2 });
    expect(minutes(events, 'drop')).toEqual({ a: 29.98, c: 2 });
  });

  it('T3 should take exactly 30 minutes for a gap', () => {
    expect(minutes([show('09:00', 'a'), show('09:30', 'b')])).toEqual({ a: 30 });
    expect(minutes([show('09:00', 'a'), show('09:30', 'b')], 'drop')).toEqual({});
  });

  it('T3 should not take a background tab for the active one', () => {
    const events = [
      show('09:00', 'docs', { tabId: 1 }),
      event('09:05', { type: 'TAB_UPDATED', tabId: 2, domain: 'ads' }),
      show('09:20', 'x', { tabId: 3 }),
    ];
    expect(minutes(events)).toEqual({ docs: 20 });
  });

  it('should follow the active tab to another page', () => {
    const events = [
      show('09:00', 'docs', { tabId: 1 }),
      event('09:05', { type: 'TAB_UPDATED', tabId: 1, domain: 'mail' }),
      event('09:10', { type: 'TAB_UPDATED', tabId: 1, hasAddress: true }),
      event('09:15', { type: 'TAB_UPDATED', tabId: 1 }),
      show('09:20', 'x', { tabId: 3 }),
    ];
    expect(minutes(events)).toEqual({ docs: 5, mail: 5 });
  });

  it('should stop when the active tab is removed, and go on with the next one', () => {
    const events = [
      show('09:00', 'docs', { tabId: 1, windowId: 1 }),
      event('09:05', { type: 'TAB_REMOVED', tabId: 2 }),
      event('09:10', { type: 'TAB_REMOVED', tabId: 1 }),
      show('09:15', 'mail', { tabId: 3, windowId: 1 }),
      focus('09:20', -1),
    ];
    expect(minutes(events)).toEqual({ docs: 10, mail: 5 });
  });

  it('should credit the active tab of the window that has the focus', () => {
    const events = [
      show('09:00', 'docs', { tabId: 1, windowId: 1 }),
      focus('09:00', 1),
      show('09:05', 'video', { tabId: 2, windowId: 2 }),
      focus('09:10', 2),
      focus('09:20', 1),
      idle('09:30', 'locked'),
    ];
    expect(minutes(events)).toEqual({ docs: 20, video: 10 });
  });

  it('should take the loss of the focus and its gain in one millisecond for a change of window', () => {
    const events = [
      show('09:00', 'docs', { tabId: 1, windowId: 1 }),
      show('09:01', 'mail', { tabId: 2, windowId: 2 }),
      focus('09:10', 2),
      focus('09:10', -1),
      focus('09:20', -1),
    ];
    expect(minutes(events)).toEqual({ docs: 1, mail: 19 });
    expect(minutes([...events].reverse())).toEqual({ docs: 1, mail: 19 });
  });

  it('should find out to which window an unnamed one belongs, once', () => {
    const events = [
      show('09:00', 'docs'),
      focus('09:05', 1),
      focus('09:10', 2),
      show('09:15', 'mail', { tabId: 1, windowId: 2 }),
      focus('09:20', 1),
      focus('09:30', -1),
    ];
    expect(minutes(events)).toEqual({ docs: 20, mail: 5 });
    const named = [show('09:00', 'docs'), show('09:05', 'mail', { tabId: 1, windowId: 1 }), focus('09:10', 1)];
    expect(minutes([...named, focus('09:20', -1)])).toEqual({ docs: 5, mail: 15 });
  });

  it('should let any event end a stretch, also one of an unknown type', () => {
    expect(minutes([show('09:00', 'a'), event('09:25', { type: 'HEARTBEAT' }), show('09:50', 'b')], 'drop')).toEqual({
      a: 50,
    });
  });

  it('should credit the last event with nothing', () => {
    expect(minutes([show('09:00', 'a')])).toEqual({});
    expect(minutes([])).toEqual({});
  });

  describe('with two browsers', () => {
    it('should give the time to the one that was heard of last', () => {
      const events = [
        show('09:00', 'desk', { device: 'desktop' }),
        show('09:08', 'lap', { device: 'laptop' }),
        show('09:20', 'desk', { device: 'desktop' }),
        idle('09:30', 'idle', { device: 'desktop' }),
        idle('09:35', 'idle', { device: 'laptop' }),
      ];
      for (const gap of ['cap', 'drop'] as const) expect(minutes(events, gap)).toEqual({ desk: 18, lap: 17 });
    });

    it('should not let one that is idle stop the other', () => {
      const events = [
        show('09:00', 'desk', { device: 'desktop' }),
        idle('09:05', 'locked', { device: 'laptop' }),
        event('09:10', { type: 'TAB_UPDATED', tabId: 7, domain: 'ads', device: 'laptop' }),
        show('09:20', 'x', { device: 'desktop' }),
      ];
      for (const gap of ['cap', 'drop'] as const) expect(minutes(events, gap)).toEqual({ desk: 20 });
    });

    it('should leave a gap of one to the other under drop', () => {
      const events = [
        show('08:55', 'lap', { device: 'laptop' }),
        show('09:00', 'desk', { device: 'desktop' }),
        show('09:10', 'lap', { device: 'laptop' }),
        show('09:40', 'desk', { device: 'desktop' }),
      ];
      // The desktop is silent for 40 minutes, the laptop for 15 and then to the end.
      expect(minutes(events, 'drop')).toEqual({ lap: 15 });
      expect(minutes(events, 'cap')).toEqual({ lap: 35, desk: 10 });
    });
  });

  describe('over random histories', () => {
    const domain = fc.constantFrom('a', 'b', 'c');
    const tabId = fc.option(fc.constantFrom(1, 2, 3), { freq: 8 });
    const windowId = fc.option(fc.constantFrom(1, 2), { freq: 4 });
    const told: fc.Arbitrary<Told> = fc.oneof(
      { weight: 3, arbitrary: fc.record({ type: fc.constant('TAB_ACTIVATED'), domain, tabId, windowId }) },
      fc.record({ type: fc.constantFrom('TAB_ACTIVATED', 'TAB_UPDATED'), tabId, windowId }),
      fc.record({ type: fc.constantFrom('TAB_UPDATED', 'TAB_CREATED'), domain, tabId, windowId }),
      fc.record({ type: fc.constant('TAB_UPDATED'), hasAddress: fc.constant(true), tabId }),
      fc.record({ type: fc.constant('TAB_REMOVED'), tabId }),
      fc.record({ type: fc.constant('WINDOW_FOCUS_CHANGED'), windowId: fc.constantFrom(-1, 1, 2, null) }),
      fc.record({
        type: fc.constant('IDLE_STATE_CHANGED'),
        state: fc.constantFrom('active', 'active', 'idle', 'locked', null, 'asleep'),
      }),
      fc.record({ type: fc.constant('HEARTBEAT'), domain }),
    );
    /** On whole minutes, with gaps about 30 minutes long and events at the same time. */
    const history = (devices: (string | null)[]): fc.Arbitrary<ColumnEvent[]> =>
      fc
        .array(
          fc.tuple(
            told,
            fc.oneof(
              { weight: 6, arbitrary: fc.nat(8) },
              { weight: 1, arbitrary: fc.constantFrom(29, 30, 31) },
              { weight: 1, arbitrary: fc.nat(90) },
            ),
            fc.constantFrom(...devices),
          ),
          { maxLength: 30 },
        )
        .map((parts) => {
          let clock = DAY + 23 * 60 * MINUTE;
          return parts.map(([one, pause, device]) => ({
            ...event('00:00', one),
            at: (clock += pause * MINUTE),
            device,
          }));
        });
    const anyHistory = fc.oneof(history([null]), history([null, 'b']), history(['a', 'b', 'c']));
    const policy = fc.constantFrom<GapPolicy>('cap', 'drop');

    it('T3 should equal a simulation minute by minute', () => {
      fc.assert(
        fc.property(anyHistory, policy, (events, gap) => {
          const byMinute = new Map<number, string>();
          for (const { domain: name, from, toExclusive } of stretches(events, gap)) {
            expect([from % MINUTE, toExclusive % MINUTE]).toEqual([0, 0]);
            for (let minute = from; minute < toExclusive; minute += MINUTE) {
              expect(byMinute.has(minute)).toBe(false);
              byMinute.set(minute, name);
            }
          }
          expect(byMinute).toEqual(creditByTheMinute(events, gap));
        }),
        { numRuns: RUNS },
      );
    });

    it('T3 should be the same whatever the order of arrival', () => {
      fc.assert(
        fc.property(anyHistory, policy, fc.infiniteStream(fc.nat()), (events, gap, keys) => {
          const shuffled = events
            .map((one) => ({ one, key: keys.next().value as number }))
            .sort((a, b) => a.key - b.key)
            .map(({ one }) => one);
          expect(stretches(shuffled, gap)).toEqual(stretches(events, gap));
        }),
        { numRuns: RUNS },
      );
    });

    it('T3 should never credit more than the time between the first and the last event', () => {
      fc.assert(
        fc.property(anyHistory, policy, (events, gap) => {
          const credited = stretches(events, gap).reduce(
            (total, { from, toExclusive }) => total + toExclusive - from,
            0,
          );
          const times = events.map((one) => one.at);
          expect(credited).toBeLessThanOrEqual(Math.max(0, Math.max(...times) - Math.min(...times)));
        }),
        { numRuns: RUNS },
      );
    });

    it('should go on from a saved state as if it had never stopped', () => {
      fc.assert(
        fc.property(anyHistory, fc.integer({ min: 2, max: 5 }), (events, pieces) => {
          expect(stretches(events, 'cap', pieces)).toEqual(stretches(events, 'cap'));
        }),
        { numRuns: RUNS },
      );
    });

    it('should credit under drop no more than under cap', () => {
      fc.assert(
        fc.property(history([null]), (events) => {
          const credited = (gap: GapPolicy) =>
            stretches(events, gap).reduce((total, { from, toExclusive }) => total + toExclusive - from, 0);
          expect(credited('drop')).toBeLessThanOrEqual(credited('cap'));
        }),
        { numRuns: RUNS },
      );
    });
  });
});
