// @ts-check
import { Random } from './random.mjs';
import { playVisit } from './shop-visits.mjs';

/** @typedef {import('./shop-visits.mjs').ShopEvent} ShopEvent */

const PERSONS = 50_000;
/** Visits ended so long ago at most. */
const ENDED_MS = 30_000;

/** Events of visits that have just ended, without end and each different from all others. */
export class SoakBatches {
  /** @param {number} seed */
  constructor(seed) {
    this.seed = seed;
    this.random = new Random(seed);
    this.visits = 0;
    /** @type {ShopEvent[]} */
    this.waiting = [];
  }

  /** @param {number} size @returns {ShopEvent[]} */
  next(size) {
    while (this.waiting.length < size) {
      const sessionId = `s-${this.seed}-${(this.visits++).toString(36)}`;
      const visit = playVisit(this.random, { person: this.random.below(PERSONS), start: 0, sessionId });
      const start = Date.now() - this.random.below(ENDED_MS) - (visit.at(-1)?.timestamp ?? 0);
      // Some clients give each event an id, and some do not.
      const withIds = this.visits % 2 === 0;
      for (const [number, event] of visit.entries()) {
        event.timestamp += start;
        if (withIds) event.eventId = `${sessionId}.${number}`;
        // Two events that no id tells apart must not be one.
        else event.properties.position = number;
        this.waiting.push(event);
      }
    }
    return this.waiting.splice(0, size);
  }
}

/**
 * As Segment's libraries send them.
 * @param {ShopEvent[]} events each with an `eventId`
 */
export function toSegmentBatch(events) {
  const sentAt = new Date().toISOString();
  const batch = events.map(({ eventName, timestamp, userId, anonymousId, eventId, properties }) => ({
    type: 'track',
    event: eventName,
    messageId: eventId,
    timestamp: new Date(timestamp).toISOString(),
    userId,
    anonymousId,
    properties,
    context: { library: { name: '@segment/analytics-node', version: '3.1.0' } },
  }));
  return { batch, sentAt };
}
