import { Injectable, Logger } from '@nestjs/common';
import { EventLoopTurns } from '../../../../common/event-loop-turns.js';
import { BrowserEventsRepository } from '../browser-events.repository.js';
import { DAY_MS, utcDayOf, type BrowserDay, type DayPlace } from './browser-day.js';
import { BrowserDaysRepository } from './browser-days.repository.js';
import { inPieces } from './column-pieces.js';
import type { EventColumns } from './event-columns.js';

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
    const turns = new EventLoopTurns();
    try {
      let next = await packed.next();
      for (const day of days) {
        await turns.give();
        while (!next.done && next.value.day < day.day) next = await packed.next();
        const found = next.done ? undefined : next.value;
        // Columns are made of days that are not open, and a write gives its days another `rev` before it begins.
        if (found?.day === day.day && found.rev === day.rev) yield found.columns;
        else yield* this.readRaw(userId, day);
      }
    } finally {
      await packed.return(undefined);
    }
  }

  /** Makes the columns of a day, unless its events are just being written. */
  async pack({ userId, day }: DayPlace): Promise<void> {
    const [found] = await this.days.list(userId, day, day);
    if (found === undefined || found.isOpen || found.count !== null) return;
    for await (const _piece of this.readRaw(userId, found));
  }

  private async *readRaw(userId: string, day: BrowserDay): AsyncGenerator<EventColumns> {
    const from = day.day * DAY_MS;
    let earlier = 0;
    for await (const { columns, isLast } of inPieces(this.events.streamColumns(userId, from, from + DAY_MS))) {
      if (isLast) await this.store(userId, day, columns, earlier);
      earlier += columns.count;
      if (columns.count > 0) yield columns;
    }
  }

  /**
   * A failure costs time, at the next reading.
   * @param columns of the day, or the last ones of a day that has too many events to be packed
   * @param earlier events before them
   */
  private async store(userId: string, day: BrowserDay, columns: EventColumns, earlier: number): Promise<void> {
    if (day.isOpen) return;
    try {
      if (earlier === 0) await this.days.writeColumns(userId, day, columns);
      else if (day.count === null) await this.days.writeCount(userId, day, earlier + columns.count);
    } catch (error) {
      this.logger.warn(`A day of browsing could not be packed: ${String(error)}`);
    }
  }
}
