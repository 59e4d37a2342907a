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
  /** Greater with each version. */
  at: WriteOrder;
  /** Ids of the writes that its last version added. Null: of a run that was written before they were kept. */
  added: ReadonlySet<string> | null;
}

/** Whether a write is in the last run of its day already, and only waits to be deleted. */
export function isGathered(write: StoredWrite, last: StoredRun | undefined): boolean {
  if (last === undefined) return false;
  // Not by the order: that of a later write is smaller when the clock was set back and the store started again.
  return last.added === null ? write.at <= last.at : last.added.has(String(write.id));
}
