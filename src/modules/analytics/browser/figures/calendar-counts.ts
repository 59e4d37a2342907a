import { localOffset, walkCalendar, type Bucket, type Span } from '../../../../common/time/calendar.js';
import type { EventColumns } from '../../../events/browser/days/event-columns.js';
import type { EventVisitor } from './event-counts.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** 1970-01-01 was a Thursday; Sunday is 0. */
const FIRST_WEEKDAY = 4;

export interface DayCount {
  /** `2025-01-13`. */
  date: string;
  count: number;
}

/** How many events there are on each day of a local calendar, and at which hour and on which day of the week. */
export class CalendarCounts implements EventVisitor {
  /** 0 to 23, by the local clock: on the day on which an hour comes twice, it has both. */
  readonly hours: number[] = Array.from({ length: 24 }, () => 0);
  /** Sunday first. */
  readonly weekdays: number[] = Array.from({ length: 7 }, () => 0);
  private readonly days: Bucket[];
  private readonly counts: number[];
  private day = 0;
  private offsetMs = 0;
  private offsetUntil = -Infinity;

  constructor(
    span: Span,
    private readonly timeZone: string,
  ) {
    this.days = [...walkCalendar(span, 'day', timeZone)];
    this.counts = this.days.map(() => 0);
  }

  /** Every day of the span, in order. */
  get daily(): DayCount[] {
    return this.days.map(({ label }, i) => ({ date: label, count: this.counts[i]! }));
  }

  // Events come in the order of time.
  visit({ start, offsets }: EventColumns, from: number, toExclusive: number): void {
    for (let i = from; i < toExclusive; i++) {
      const at = start + offsets[i]!;
      while (at >= this.days[this.day]!.end) this.day++;
      this.counts[this.day]!++;
      if (at >= this.offsetUntil) this.moveTo(at);
      const local = at + this.offsetMs;
      this.hours[modulo(Math.floor(local / HOUR_MS), 24)]!++;
      this.weekdays[modulo(Math.floor(local / DAY_MS) + FIRST_WEEKDAY, 7)]!++;
    }
  }

  private moveTo(at: number): void {
    const { offsetMs, until } = localOffset(at, this.timeZone);
    this.offsetMs = offsetMs;
    this.offsetUntil = until;
  }
}

function modulo(value: number, divisor: number): number {
  return ((value % divisor) + divisor) % divisor;
}

/** The position of the largest; of equal ones the first; `null` when all are 0. */
export function peakOf(counts: readonly number[]): number | null {
  const most = Math.max(...counts);
  return most === 0 ? null : counts.indexOf(most);
}
