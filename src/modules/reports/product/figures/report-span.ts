import type { Span } from '../../../../common/time/calendar.js';
import type { TimeRange } from '../../../../common/time/range.js';
import type { EventSource } from '../../../analytics/product/event-source.js';

/** An open side of the range ends at the first or last event. `null`: it is open and there is no event. */
export async function spanOf(source: EventSource, { from, toExclusive }: TimeRange): Promise<Span | null> {
  if (from !== null && toExclusive !== null) return { from, toExclusive };
  const edges = await source.findEdges({ from, toExclusive });
  return edges === null ? null : { from: from ?? edges.first, toExclusive: toExclusive ?? edges.last + 1 };
}
