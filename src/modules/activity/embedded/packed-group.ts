/** Points of one organization, user, measurement and day, as they are stored. */
export interface PackedGroup {
  /** Id of the organization. */
  org: string;
  user: string;
  measurement: string;
  /** Days since the epoch. */
  day: number;
  /** Epoch milliseconds when the last activity ended. */
  end: number;
  /** Of points. */
  count: number;
  points: Buffer;
}

/** Which points a reader wants. */
export interface GroupKey {
  org: string;
  user: string;
  measurement: string;
}

/**
 * Where a document stands in the order of all writes, as the store gives it. Compares like a number, with what was
 * written later being greater.
 */
export type WriteOrder = bigint;

export interface StoredWrite extends PackedGroup {
  id: unknown;
  at: WriteOrder;
}

/** One run of a day that has been gathered. */
export interface StoredRun extends PackedGroup {
  run: number;
  version: number;
  /** Of the last write that is in it. */
  at: WriteOrder;
}
