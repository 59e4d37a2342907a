import { RateLimitFault, type UnavailableFault } from '../github.errors.js';

const SECOND = 1000;
const SECONDARY_LIMIT_MS = 60 * SECOND;
const LONGEST_SECONDARY_MS = 3600 * SECOND;
const OUTAGE_MS = 30 * SECOND;
const LONGEST_OUTAGE_MS = 900 * SECOND;

/** Pauses in a row without anything read between them, after which a refresh is given up. */
export const MAX_PAUSES = 12;

/**
 * When to go on after GitHub asked for patience or could not be reached. Where it did not say until when, a minute (half a
 * minute when it is away) and twice as long each time.
 *
 * @param pauses so many in a row came before
 */
export function pauseEnd(fault: RateLimitFault | UnavailableFault, pauses: number, now: number): number {
  if (!(fault instanceof RateLimitFault)) return now + Math.min(OUTAGE_MS * 2 ** pauses, LONGEST_OUTAGE_MS);
  return fault.until ?? now + Math.min(SECONDARY_LIMIT_MS * 2 ** pauses, LONGEST_SECONDARY_MS);
}
