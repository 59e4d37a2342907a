import type { DayHead } from '../format/day-head.js';
import { DAY_MS, dayStart, NO_TIME_DAY, QUARTERS_PER_DAY } from '../../day.js';
import { lowerBound, type EventRun } from './event-run.js';

const QUARTER_MS = DAY_MS / QUARTERS_PER_DAY;

/** Counts events between boundaries that grow strictly, epoch milliseconds: bucket i is `[boundaries[i], boundaries[i + 1])`. */
export class BucketCounts {
  readonly counts: number[];

  constructor(private readonly boundaries: readonly number[]) {
    this.counts = new Array<number>(Math.max(0, boundaries.length - 1)).fill(0);
  }

  /** Counts the events of a day by its head. False, and nothing is counted, when only the events themselves can tell. */
  addHead({ day, events, first, last, quarters }: DayHead): boolean {
    if (day === NO_TIME_DAY || events === 0) return true;
    // A boundary outside the times of the day's events does not cut it.
    const cuts = this.between(first! + 1, last! + 1);
    const start = dayStart(day);
    if (cuts.some((cut) => (cut - start) % QUARTER_MS !== 0)) return false;
    const bucket = this.firstAfter(first!) - 1;
    let quarter = 0;
    [...cuts, start + DAY_MS].forEach((cut, i) => {
      const end = (cut - start) / QUARTER_MS;
      let sum = 0;
      for (; quarter < end; quarter++) sum += quarters[quarter]!;
      this.add(bucket + i, sum);
    });
    return true;
  }

  /** Counts the events of a run of the day. */
  addRun(run: EventRun, day: number): void {
    if (day === NO_TIME_DAY || run.length === 0) return;
    const start = dayStart(day);
    let bucket = this.firstAfter(start + run.times[0]!) - 1;
    for (let begin = 0; begin < run.length; bucket++) {
      const next = this.boundaries[bucket + 1];
      const end = next === undefined ? run.length : lowerBound(run, next - start);
      this.add(bucket, end - begin);
      begin = end;
    }
  }

  private add(bucket: number, count: number): void {
    if (bucket >= 0 && bucket < this.counts.length) this.counts[bucket]! += count;
  }

  /** The boundaries in `[from, to)`. */
  private between(from: number, to: number): number[] {
    return this.boundaries.slice(this.firstAfter(from - 1), this.firstAfter(to - 1));
  }

  /** The place of the first boundary after `time`. */
  private firstAfter(time: number): number {
    let low = 0;
    let high = this.boundaries.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.boundaries[middle]! <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
