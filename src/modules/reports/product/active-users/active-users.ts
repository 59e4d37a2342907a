import type { EventBatch } from '../../../analytics/product/event-source.js';
import type { EventConsumer } from '../figures/event-slices.js';
import { extended } from '../figures/typed-columns.js';

export const WEEK_DAYS = 7;
export const MONTH_DAYS = 30;

const FIRST_CAPACITY = 256;
/** Before every day, and as far from the first as a month, so that no window reaches from it. */
const NEVER = -MONTH_DAYS - 1;

export interface ActiveUsersDay {
  date: string;
  /** Distinct persons of the day. */
  dau: number;
  /** Of the 7 days that end with it. */
  wau: number;
  /** Of the 30 days that end with it. */
  mau: number;
}

/**
 * Distinct persons per day, and per 7 and 30 days that end with it, in one pass over events sorted by time. A person
 * active on day d counts from d to d + 6 and to d + 29; where that joins the stretch before, it is prolonged, and only
 * the ends of stretches are written down.
 */
export class ActiveUsers implements EventConsumer {
  private day = -1;
  private lastDay = new Int32Array(FIRST_CAPACITY).fill(NEVER);
  private readonly daily: Int32Array;
  /** Differences from day to day. */
  private readonly weekly: Int32Array;
  private readonly monthly: Int32Array;

  /** `boundaries`: begins of the days and the end of the last; events lie between the first and the last of them. */
  constructor(private readonly boundaries: readonly number[]) {
    this.daily = new Int32Array(boundaries.length);
    this.weekly = new Int32Array(boundaries.length + WEEK_DAYS);
    this.monthly = new Int32Array(boundaries.length + MONTH_DAYS);
  }

  add({ times, personOf }: EventBatch, begin: number, end: number): void {
    for (let i = begin; i < end; i++) {
      const person = personOf[i]!;
      if (person < 0) continue;
      if (person >= this.lastDay.length) {
        const capacity = Math.max(person + 1, this.lastDay.length * 2);
        this.lastDay = extended(this.lastDay, new Int32Array(capacity).fill(NEVER));
      }
      const day = this.dayAt(times[i]!);
      const last = this.lastDay[person]!;
      if (day === last) continue;
      this.lastDay[person] = day;
      this.daily[day]!++;
      prolong(this.weekly, last + WEEK_DAYS, day, WEEK_DAYS);
      prolong(this.monthly, last + MONTH_DAYS, day, MONTH_DAYS);
    }
  }

  /** The days from position `first` on, one for each label. */
  days(labels: readonly string[], first: number): ActiveUsersDay[] {
    const weekly = sums(this.weekly);
    const monthly = sums(this.monthly);
    return labels.map((date, i) => ({
      date,
      dau: this.daily[first + i]!,
      wau: weekly[first + i]!,
      mau: monthly[first + i]!,
    }));
  }

  /** Times come in order, so the day only moves on. */
  private dayAt(time: number): number {
    while (this.boundaries[this.day + 1]! <= time) this.day++;
    return this.day;
  }
}

/** Average DAU ÷ average MAU of the days; 0 without persons. */
export function stickiness(days: readonly ActiveUsersDay[]): number {
  const dau = days.reduce((sum, day) => sum + day.dau, 0);
  const mau = days.reduce((sum, day) => sum + day.mau, 0);
  return mau === 0 ? 0 : dau / mau;
}

/** A stretch that would have ended before `covered` now lasts `length` days from `day` on. */
function prolong(differences: Int32Array, covered: number, day: number, length: number): void {
  if (covered >= day) differences[covered]!++;
  else differences[day]!++;
  differences[day + length]!--;
}

function sums(differences: Int32Array): Int32Array {
  const values = new Int32Array(differences.length);
  let sum = 0;
  for (let i = 0; i < values.length; i++) values[i] = sum += differences[i]!;
  return values;
}
