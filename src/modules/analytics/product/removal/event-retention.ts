import { DAY_MS, dayOf, dayStart } from '../day.js';

/** An event may have been received so long before it was stored: by then it is, and can be merged into the rollups. */
const RECEIPT_MARGIN_MS = 60_000;

export interface RetentionLimits {
  /** Events that happened before it are deleted; those without a time when they were received before it. A midnight, UTC. */
  cutoff: Date;
  /** What was received later, however old, is left to the next run. */
  receivedBefore: Date;
}

/** @param days how long events are kept. */
export function retentionLimits(now: Date, days: number): RetentionLimits {
  return {
    cutoff: new Date(dayStart(dayOf(now.getTime() - days * DAY_MS))),
    receivedBefore: new Date(now.getTime() - RECEIPT_MARGIN_MS),
  };
}
