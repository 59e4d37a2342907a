import { MAX_COLUMN_EVENTS, toColumns, type ColumnEvent, type EventColumns } from './event-columns.js';

/**
 * Collects events, which come in time order, into pieces of a bearable size. Those of one millisecond stay together,
 * since their order is not that of their coming, unless they alone are too many.
 */
export async function* inPieces(
  batches: AsyncIterable<ColumnEvent[]>,
  size = MAX_COLUMN_EVENTS,
): AsyncGenerator<{ columns: EventColumns; isLast: boolean }> {
  let waiting: ColumnEvent[] = [];
  for await (const batch of batches) {
    waiting.push(...batch);
    while (waiting.length > size) {
      const end = endOfPiece(waiting, size);
      yield { columns: toColumns(waiting.slice(0, end)), isLast: false };
      waiting = waiting.slice(end);
    }
  }
  yield { columns: toColumns(waiting), isLast: true };
}

function endOfPiece(events: readonly ColumnEvent[], size: number): number {
  const cut = events[size]!.at;
  let end = size;
  while (end > 0 && events[end - 1]!.at === cut) end--;
  return end === 0 ? size : end;
}
