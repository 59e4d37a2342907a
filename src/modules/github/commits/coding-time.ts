export interface SessionRule {
  /** Seconds between two commits of a person from which the later one begins a new session. */
  gap: number;
  /** Seconds that the first commit of a session counts: the work before it left no trace. */
  first: number;
}

/**
 * Seconds of work by the times of the commits of one person (epoch seconds, in any order): a gap within a session counts
 * as it is.
 */
export function codingSeconds(times: readonly number[] | Float64Array, { gap, first }: SessionRule): number {
  const sorted = Float64Array.from(times).sort();
  let seconds = 0;
  let previous = -Infinity;
  for (const time of sorted) {
    const since = time - previous;
    seconds += since < gap ? since : first;
    previous = time;
  }
  return seconds;
}
