// @ts-check
// The data set of `bench:reports`: 90 days of a shop, the same events for the same size on every machine.
import { mixSeed, Random } from './random.mjs';
import { playVisit } from './shop-visits.mjs';

/** @typedef {import('./shop-visits.mjs').ShopEvent} ShopEvent */

const HOUR_MS = 3_600_000;
const HOURS = 90 * 24;
/** First instant of the 90 days, and the first after them. */
export const HISTORY_START = Date.parse('2026-07-03T00:00:00Z');
export const HISTORY_END = HISTORY_START + HOURS * HOUR_MS;

const SEED = 20_261_122;
const MOST_PERSONS = 50_000;
const EVENTS_PER_PERSON = 20;
/** Share of an hour of the day in UTC, from midnight on. */
const HOURS_OF_DAY = [4, 3, 2, 2, 2, 3, 5, 8, 10, 10, 10, 11, 13, 12, 11, 11, 12, 15, 18, 21, 22, 18, 12, 7];
/** Sunday first. */
const DAYS_OF_WEEK = [1.3, 0.85, 0.8, 0.9, 0.95, 1.05, 1.35];
/** The shop grows: the last hour is this much busier than the first. */
const GROWTH = 0.3;
/** Of the visits of those who came before, this share is by persons who came within the last eighth of all. */
const NEWCOMERS = 0.35;
/** Above 1, early comers visit more often than others. */
const LOYALTY = 1.6;

/**
 * Events in order of the hour in which their visit began; a visit goes on into the next hour, so events are up to half
 * an hour out of order, as they arrive from real clients. Every part can be made without those before it.
 */
export class ShopHistory {
  /** @param {number} events how many there are in all */
  constructor(events) {
    this.events = events;
    this.persons = Math.max(1, Math.min(MOST_PERSONS, Math.round(events / EVENTS_PER_PERSON)));
    /** Number of the first event of each hour, and one entry more. */
    this.hourStarts = hourStarts(events);
  }

  /**
   * Events from number `first` on, `size` at a time; the last batch may be smaller.
   * @param {number} first @param {number} size
   * @returns {Generator<ShopEvent[], void, undefined>}
   */
  *batches(first, size) {
    /** @type {ShopEvent[]} */
    let batch = [];
    let hour = this.hourStarts.findIndex((_, index) => (this.hourStarts[index + 1] ?? Infinity) > first);
    for (; hour < HOURS; hour++) {
      const events = this.playHour(hour);
      for (let number = Math.max(0, first - this.startOf(hour)); number < events.length; number++) {
        batch.push(/** @type {ShopEvent} */ (events[number]));
        if (batch.length < size) continue;
        yield batch;
        batch = [];
      }
    }
    if (batch.length > 0) yield batch;
  }

  /** @param {number} hour @returns {ShopEvent[]} in order of time */
  playHour(hour) {
    const random = new Random(mixSeed(SEED, hour));
    const quota = this.startOf(hour + 1) - this.startOf(hour);
    const comesFirst = this.arrivedBefore(hour);
    const arrived = this.arrivedBefore(hour + 1);
    /** @type {ShopEvent[]} */
    const events = [];
    for (let visit = 0; events.length < quota; visit++) {
      const person = comesFirst + visit < arrived ? comesFirst + visit : returning(random, arrived);
      const start = HISTORY_START + hour * HOUR_MS + random.below(HOUR_MS);
      const sessionId = `s-${hour.toString(36)}-${visit.toString(36)}`;
      for (const event of playVisit(random, { person, start, sessionId })) {
        event.timestamp = Math.min(event.timestamp, HISTORY_END - 1);
        event.eventId = `${hour.toString(36)}.${events.length.toString(36)}`;
        if (events.push(event) === quota) break;
      }
    }
    return events.sort((a, b) => a.timestamp - b.timestamp);
  }

  /** @param {number} hour number of its first event */
  startOf(hour) {
    return this.hourStarts[hour] ?? this.events;
  }

  /** Persons come for the first time in the measure in which events happen. @param {number} hour */
  arrivedBefore(hour) {
    return Math.round((this.persons * this.startOf(hour)) / this.events);
  }
}

/** @param {Random} random @param {number} arrived */
function returning(random, arrived) {
  if (arrived === 0) return 0;
  if (random.chance(NEWCOMERS)) return arrived - 1 - random.below(Math.ceil(arrived / 8));
  return Math.floor(arrived * random.next() ** LOYALTY);
}

/** @param {number} events */
function hourStarts(events) {
  const upTo = new Float64Array(HOURS + 1);
  for (let hour = 0; hour < HOURS; hour++) {
    const day = new Date(HISTORY_START + hour * HOUR_MS).getUTCDay();
    const weight = (HOURS_OF_DAY[hour % 24] ?? 1) * (DAYS_OF_WEEK[day] ?? 1) * (1 + (GROWTH * hour) / HOURS);
    upTo[hour + 1] = (upTo[hour] ?? 0) + weight;
  }
  const total = upTo[HOURS] ?? 1;
  return upTo.map((weight) => Math.round((events * weight) / total));
}
