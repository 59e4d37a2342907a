import type { TimeRange } from '../../../common/time/range.js';

export interface EventCount {
  eventName: string;
  count: number;
}

export interface PersonCount {
  /** Distinct persons with any event. */
  total: number;
  /** Those of them with the conversion event; 0 when none was asked for. */
  converted: number;
}

/** Events with a time, as columns; arrays may be longer than `length`. */
export interface EventBatch {
  length: number;
  /** Epoch milliseconds, never decreasing within a batch and from batch to batch. */
  times: Float64Array;
  /** Position in `names`: of those asked for, else of `EventStream.names`. */
  nameOf: Uint32Array;
  /** A number that stands for the person throughout one stream, from 0, dense enough for arrays; -1: nobody. */
  personOf: Int32Array;
  /** With a breakdown: position in `EventStream.groups`. */
  groupOf?: Uint32Array;
}

export interface EventStream {
  /** Grows while batches arrive when no names were asked for. */
  readonly names: readonly string[];
  /** Values of the breakdown, growing while batches arrive; `(none)` where an event lacks the property. */
  readonly groups: readonly string[];
  /** Larger than every `personOf` so far. */
  readonly persons: number;
  batches(): AsyncIterable<EventBatch>;
}

/** An upper and lower end of the times of some events, epoch milliseconds. */
export interface TimeEdges {
  first: number;
  last: number;
}

/**
 * Where the figures of one report come from: raw events or rollups, with the same answers. Opened for one report,
 * and of one moment: what was acknowledged before it was opened is in it.
 *
 * A range open on both sides includes events without a time where that makes sense (`countByName`, `countPersons`).
 */
export interface EventSource {
  readonly kind: 'raw' | 'rollup';
  /** Events per name, in no order. */
  countByName(range: TimeRange): Promise<EventCount[]>;
  /** Events with a time in `[boundaries[i], boundaries[i + 1])`, for each i. Boundaries grow strictly. */
  countByBucket(boundaries: readonly number[]): Promise<number[]>;
  /** Times of the first and last event with a time in the range; `null` without any. */
  findEdges(range: TimeRange): Promise<TimeEdges | null>;
  /** Distinct persons; `conversionEvent` is the name of an event. */
  countPersons(range: TimeRange, conversionEvent?: string): Promise<PersonCount>;
  /** `countByName` and `countPersons` at once, where that is one reading of the events instead of two. */
  countTotals?(range: TimeRange): Promise<{ names: EventCount[]; persons: PersonCount }>;
  /** Events with a time, in order; only of `names` when given. */
  stream(range: TimeRange, names?: readonly string[]): EventStream;
}
