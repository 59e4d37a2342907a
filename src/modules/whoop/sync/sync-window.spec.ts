import fc from 'fast-check';
import { RECORD_KINDS } from '../records/whoop-rows.js';
import { newProgress } from './sync-progress.js';
import { firstsOf, gapsOf, startsOfDays, startsSince, type KnownTimes } from './sync-window.js';

const DAY = 86_400_000;
const NOW = 1000 * DAY;
const known = (times: Partial<KnownTimes>) =>
  Object.fromEntries(RECORD_KINDS.map((kind) => [kind, { newest: null, oldestOpen: null, ...times }])) as never;

const ALL = new Set(RECORD_KINDS);

describe('startsSince', () => {
  it.each([
    ['nothing is known', {}, null, 90],
    ['the newest is of yesterday', { newest: NOW - DAY }, null, 8],
    ['the newest lies ahead', { newest: NOW + 5 * DAY }, null, 7],
    ['one is being scored', { newest: NOW - DAY, oldestOpen: NOW - 12 * DAY }, null, 12],
    ['one will never be scored', { newest: NOW - DAY, oldestOpen: NOW - 200 * DAY }, null, 30],
    ['an earlier sync left a gap', { newest: NOW - DAY }, NOW - 50 * DAY, 50],
    ['the gap is older than a sync may go', { newest: NOW - DAY }, NOW - 500 * DAY, 365],
  ])('should begin where it has to when %s', (_, times, gap, days) => {
    const gaps = Object.fromEntries(RECORD_KINDS.map((kind) => [kind, gap])) as ReturnType<typeof gapsOf>;
    for (const start of Object.values(startsSince(known(times), gaps, ALL, NOW)))
      expect((NOW - start) / DAY).toBe(days);
  });
});

describe('firstsOf', () => {
  it('should count a walk through ninety days that came to its end, and no shorter one', () => {
    const sync = (days: number, memberId: string, done: readonly (typeof RECORD_KINDS)[number][]) => {
      const progress = newProgress(NOW, startsOfDays(days, NOW));
      progress.memberId = memberId;
      for (const kind of RECORD_KINDS) progress.kinds[kind].status = done.includes(kind) ? 'completed' : 'failed';
      return progress;
    };
    const syncs = [sync(2, 'us', RECORD_KINDS), sync(90, 'us', ['sleep']), sync(365, 'them', RECORD_KINDS)];
    expect(firstsOf(syncs, 'us')).toEqual(new Set(['sleep']));
    expect(firstsOf([...syncs, sync(120, 'us', RECORD_KINDS)], 'us')).toEqual(ALL);
    const starts = startsSince(known({ newest: NOW - DAY }), gapsOf([], 'us'), firstsOf(syncs, 'us'), NOW);
    expect(RECORD_KINDS.map((kind) => (NOW - starts[kind]) / DAY)).toEqual(
      RECORD_KINDS.map((kind) => (kind === 'sleep' ? 8 : 90)),
    );
  });
});

describe('gapsOf', () => {
  it('should remember what a walk left out until one has gone as far', () => {
    const run = fc.record({ days: fc.integer({ min: 1, max: 365 }), isComplete: fc.boolean(), isOurs: fc.boolean() });
    fc.assert(
      fc.property(fc.array(run, { maxLength: 12 }), (runs) => {
        const syncs = runs.map(({ days, isComplete, isOurs }) => {
          const progress = newProgress(NOW, startsOfDays(days, NOW));
          progress.memberId = isOurs ? 'us' : 'them';
          for (const kind of RECORD_KINDS) progress.kinds[kind].status = isComplete ? 'completed' : 'failed';
          return progress;
        });
        // Day by day: it is missing when the last sync that reached so far did not complete.
        let oldest: number | null = null;
        for (let day = 1; day <= 365; day++) {
          const reached = runs.filter(({ days, isOurs }) => isOurs && days >= day);
          const since = reached.slice(reached.findLastIndex(({ isComplete }) => isComplete) + 1);
          if (since.length > 0) oldest = day;
        }
        expect(gapsOf(syncs, 'us').sleep).toBe(oldest === null ? null : NOW - oldest * DAY);
      }),
    );
  });
});
