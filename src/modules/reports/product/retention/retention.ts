import type { EventBatch } from '../../../analytics/product/event-source.js';
import { extended } from '../figures/typed-columns.js';

/** Position of a name that matches every event. */
export const ANY_NAME = -1;
/** Position of a name that no event has had so far. */
export const ABSENT_NAME = -2;

const DAY_MS = 86_400_000;
const FIRST_CAPACITY = 256;
const NO_COHORT = -1;
/** No event is that early: that of a person who has not begun. */
const NEVER = -Infinity;

export interface RetentionShape {
  /** Begins of the calendar intervals, and the end of the last: those of the cohorts and `periods` more after them. */
  boundaries: readonly number[];
  /** How many of these intervals are cohorts, from the first on. */
  cohorts: number;
  /** The last period that is looked at; the cohort's own is 0. */
  periods: number;
  /** `calendar`: period k is the k-th interval after the cohort's; `24h`: the k-th 24 hours from the person's start. */
  mode: 'calendar' | '24h';
}

/**
 * Cohorts of persons by their first start event, and who of them came back in which period, in one pass over all
 * events from the very first on. Memory per person only.
 *
 * Period 0 counts return events from the start event on; of the same millisecond too, and the start event itself when
 * it is also a return event.
 */
export class Retention {
  /** Persons per cohort. */
  readonly sizes: Uint32Array;
  private readonly cells: Uint32Array;
  private interval = -1;

  private startedAt = new Float64Array(FIRST_CAPACITY).fill(NEVER);
  private cohortOf = new Int32Array(FIRST_CAPACITY);
  /** The last period counted, plus 1. */
  private counted = new Int32Array(FIRST_CAPACITY);
  /** Last return event before the start event. */
  private returnedAt = new Float64Array(FIRST_CAPACITY).fill(NEVER);

  constructor(private readonly shape: RetentionShape) {
    this.sizes = new Uint32Array(shape.cohorts);
    this.cells = new Uint32Array(shape.cohorts * (shape.periods + 1));
  }

  /** `start`, `returning`: positions of the two names in the stream, or `ANY_NAME`, or `ABSENT_NAME`. */
  add(batch: EventBatch, begin: number, end: number, start: number, returning: number): void {
    const { times, nameOf, personOf } = batch;
    for (let i = begin; i < end; i++) {
      const person = personOf[i]!;
      if (person < 0) continue;
      const name = nameOf[i]!;
      const isReturn = returning === ANY_NAME || returning === name;
      const isStart = start === ANY_NAME || start === name;
      if (!isReturn && !isStart) continue;
      if (person >= this.startedAt.length) this.grow(person + 1);
      const time = times[i]!;
      if (this.startedAt[person] !== NEVER) {
        if (isReturn) this.count(person, time);
      } else if (isStart) {
        this.begin(person, time);
        if (isReturn || this.returnedAt[person] === time) this.count(person, time);
      } else this.returnedAt[person] = time;
    }
  }

  /** Persons of the cohort who came back in the period. */
  usersAt(cohort: number, period: number): number {
    return this.cells[cohort * (this.shape.periods + 1) + period]!;
  }

  private begin(person: number, time: number): void {
    this.startedAt[person] = time;
    const interval = this.intervalAt(time);
    const cohort = interval < this.shape.cohorts ? interval : NO_COHORT;
    this.cohortOf[person] = cohort;
    if (cohort >= 0) this.sizes[cohort]!++;
  }

  private count(person: number, time: number): void {
    const cohort = this.cohortOf[person]!;
    if (cohort < 0) return;
    const period =
      this.shape.mode === 'calendar'
        ? this.intervalAt(time) - cohort
        : Math.floor((time - this.startedAt[person]!) / DAY_MS);
    if (period > this.shape.periods || period < this.counted[person]!) return;
    this.counted[person] = period + 1;
    this.cells[cohort * (this.shape.periods + 1) + period]!++;
  }

  /** The interval that holds the time, which is never before that of an earlier call; -1: before the first. */
  private intervalAt(time: number): number {
    const { boundaries } = this.shape;
    while (this.interval + 1 < boundaries.length && boundaries[this.interval + 1]! <= time) this.interval++;
    return this.interval;
  }

  private grow(persons: number): void {
    const capacity = Math.max(persons, this.startedAt.length * 2);
    this.startedAt = extended(this.startedAt, new Float64Array(capacity).fill(NEVER));
    this.returnedAt = extended(this.returnedAt, new Float64Array(capacity).fill(NEVER));
    this.cohortOf = extended(this.cohortOf, new Int32Array(capacity));
    this.counted = extended(this.counted, new Int32Array(capacity));
  }
}
