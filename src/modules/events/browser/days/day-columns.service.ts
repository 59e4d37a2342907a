import { Injectable, Logger } from '@nestjs/common';
import { BrowserEventsRepository } from '../browser-events.repository.js';
import { DAY_MS, utcDayOf } from './browser-day.js';
import { BrowserDaysRepository, type BrowserDay, type DayPlace } from './browser-days.repository.js';
import { MAX_COLUMN_EVENTS, toColumns, type ColumnEvent, type EventColumns } from './event-columns.js';

/** In time order, without overlap: usually one for each UTC day. */
export type ColumnPieces = AsyncIterable<EventColumns>;

/** Earliest and latest day that a JavaScript date can lie in. */
const FIRST_DAY = utcDayOf(-8.64e15);
const LAST_DAY = utcDayOf(8.64e15);

/** A user's events as columns: from the packed days where these hold what is stored, else from the events themselves. */
@Injectable()
export class DayColumnsService {
  private readonly logger = new Logger(DayColumnsService.name);

  constructor(
    private readonly events: BrowserEventsRepository,
    private readonly days: BrowserDaysRepository,
  ) {}

  /** UTC days that may have events, in their order; those that the span touches, or all. Epoch milliseconds. */
  async listDays(userId: string, from = -Infinity, toExclusive = Infinity): Promise<BrowserDay[]> {
    const first = from === -Infinity ? FIRST_DAY : utcDayOf(from);
    const last = toExclusive === Infinity ? LAST_DAY : utcDayOf(toExclusive - 1);
    return this.days.list(userId, first, last);
  }

  /** All events of these days, a piece at a time. Packs what it finds unpacked. */
  async *read(userId: string, days: readonly BrowserDay[]): AsyncGenerator<EventColumns> {
    const [first, last] = [days[0], days.at(-1)];
    if (first === undefined || last === undefined) return;
    const packed = this.days.streamColumns(userId, first.day, last.day);
    try {
      let next = await packed.next();
      for (const day of days) {
        while (!next.done && next.value.day < day.day) next = await packed.next();
        const found = next.done ? undefined : next.value;
        if (found?.day === day.day && found.rev === day.rev && !day.isOpen) yield found.columns;
        else yield* this.readRaw(userId, day);
      }
    } finally {
      await packed.return(undefined);
    }
  }

  /** Makes the columns of a day, unless its events are just being written. */
  async pack({ userId, day }: DayPlace): Promise<void> {
    const [found] = await this.days.list(userId, day, day);
    if (found === undefined || found.isOpen) return;
    for await (const _piece of this.readRaw(userId, found));
  }

  private async *readRaw(userId: string, day: BrowserDay): AsyncGenerator<EventColumns> {
    const from = day.day * DAY_MS;
    let pieces = 0;
    for await (const columns of inPieces(this.events.streamColumns(userId, from, from + DAY_MS))) {
      pieces++;
      // The next piece is not known yet: only a day of one piece is packed.
      if (columns.isLast && pieces === 1 && !day.isOpen) await this.store(userId, day, columns.columns);
      if (columns.columns.count > 0) yield columns.columns;
    }
  }

  /** A failure costs time, at the next reading. */
  private async store(userId: string, { day, rev }: BrowserDay, columns: EventColumns): Promise<void> {
    try {
      await this.days.writeColumns(userId, day, rev, columns);
    } catch (error) {
      this.logger.warn(`A day of browsing could not be packed: ${String(error)}`);
    }
  }
}

/**
 * Collects events, which come in time order, into pieces of a bearable size. Those of one millisecond stay together,
 * since their order is not that of their coming, unless they alone are too many.
 */
async function* inPieces(
  batches: AsyncIterable<ColumnEvent[]>,
): AsyncGenerator<{ columns: EventColumns; isLast: boolean }> {
  let waiting: ColumnEvent[] = [];
  for await (const batch of batches) {
    waiting.push(...batch);
    while (waiting.length > MAX_COLUMN_EVENTS) {
      const end = endOfPiece(waiting);
      yield { columns: toColumns(waiting.slice(0, end)), isLast: false };
      waiting = waiting.slice(end);
    }
  }
  yield { columns: toColumns(waiting), isLast: true };
}

function endOfPiece(events: readonly ColumnEvent[]): number {
  const cut = events[MAX_COLUMN_EVENTS]!.at;
  let end = MAX_COLUMN_EVENTS;
  while (end > 0 && events[end - 1]!.at === cut) end--;
  return end === 0 ? MAX_COLUMN_EVENTS : end;
}
