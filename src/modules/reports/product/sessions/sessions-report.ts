import type { TimeRange } from '../../../../common/time/range.js';
import type { Bucket } from '../../../../common/time/calendar.js';
import type { EventSource } from '../../../analytics/product/event-source.js';
import type { SessionRow } from '../../../analytics/product/runs/product-run-rows.js';
import { consume } from '../figures/event-slices.js';
import { InactivitySessions, LONGEST_SESSION_MS, SESSION_SILENCE_MS } from './inactivity-sessions.js';
import { SessionFigures } from './session-figures.js';

/**
 * How far before the range sessions are looked for. The first is enough but for who was active all the time; where
 * their sessions are cut depends on when that began.
 */
const LOOKBACKS_MS = [LONGEST_SESSION_MS + SESSION_SILENCE_MS, 3 * LONGEST_SESSION_MS, 9 * LONGEST_SESSION_MS];

/** What is read for the sessions of a range: more on both sides, since sessions go on across them. */
export function sessionReach({ from, toExclusive }: TimeRange, lookbackMs = Math.max(...LOOKBACKS_MS)): TimeRange {
  return {
    from: from === null ? null : from - lookbackMs,
    toExclusive: toExclusive === null ? null : toExclusive + LONGEST_SESSION_MS,
  };
}

/** Sessions by inactivity that begin in the range, with all their events. `buckets` cover the range. */
export async function sessionsOf(
  source: EventSource,
  range: TimeRange,
  buckets: readonly Bucket[],
): Promise<SessionFigures> {
  for (const [attempt, lookbackMs] of LOOKBACKS_MS.entries()) {
    const reach = sessionReach(range, lookbackMs);
    const figures = new SessionFigures();
    const sessions = new InactivitySessions(
      {
        from: range.from ?? -Infinity,
        toExclusive: range.toExclusive ?? Infinity,
        readFrom: reach.from ?? -Infinity,
        bucketStarts: buckets.map(({ start }) => start),
        takesWhatIsThere: attempt === LOOKBACKS_MS.length - 1,
      },
      figures,
    );
    await consume(source.stream(reach), sessions);
    if (sessions.isDone) continue;
    await sessions.end();
    return figures;
  }
  throw new Error('The last lookback takes what is there');
}

/** Sessions as clients number them that begin in the range. */
export async function sessionsById(
  rows: AsyncIterable<readonly SessionRow[]>,
  range: TimeRange,
  buckets: readonly Bucket[],
): Promise<SessionFigures> {
  const figures = new SessionFigures();
  for await (const batch of rows) {
    for (const { first, last, events } of batch) {
      if (first < (range.from ?? -Infinity) || first >= (range.toExclusive ?? Infinity)) continue;
      figures.add(bucketAt(buckets, first), last - first, events);
    }
  }
  return figures;
}

/** Position of the last bucket that begins at or before the time; -1: none does. */
function bucketAt(buckets: readonly Bucket[], time: number): number {
  let low = -1;
  let high = buckets.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (buckets[middle]!.start <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}
