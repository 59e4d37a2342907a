import { lastLocalDays, walkCalendar, type Bucket } from '../common/time/calendar.js';
import { Random } from './random.js';
import { COUNTRIES, PLATFORMS } from './shop-catalogue.js';
import { ShopVisit, type Device, type Person, type ShopEvent } from './shop-visit.js';

const DAYS = 30;
const PERSONS = 2000;
const SEED = 20_261_122;

const HAS_ACCOUNT = 0.45;
const HAS_SECOND_DEVICE = 0.2;
/** Came before the month began; the others find the shop on some day of it. */
const KNOWS_THE_SHOP = 0.6;
const MEAN_FURTHER_VISITS = 2.4;
const MOST_VISITS = 25;
/** The shop grows: a visit is this much likelier on the last day than on the first. */
const GROWTH = 0.25;
const DAY_TO_DAY_NOISE = 0.12;
/** Sunday first. People shop in the evening of weekdays and most at weekends. */
const WEEKDAY_WEIGHTS = [1.3, 0.85, 0.8, 0.9, 0.95, 1.05, 1.35];
const WORKDAY_HOURS = [3, 2, 1, 1, 1, 2, 5, 9, 9, 8, 8, 10, 14, 11, 9, 9, 10, 13, 16, 20, 23, 20, 13, 7];
const WEEKEND_HOURS = [5, 3, 2, 1, 1, 1, 2, 4, 8, 13, 17, 18, 17, 16, 16, 16, 15, 15, 16, 18, 19, 16, 12, 8];

/** An event as `POST /v1/events/batch` takes it. */
export interface DemoEvent extends Omit<ShopEvent, 'at'> {
  eventId: string;
  /** ISO 8601, UTC. */
  timestamp: string;
}

interface Day extends Bucket {
  weight: number;
  hours: readonly number[];
}

/**
 * A shop's events in the 30 local days that end at `until` (epoch milliseconds), ordered by time. The same arguments
 * give the same events with the same `eventId`s, so that sending them again adds none.
 */
export function generateShopMonth(until: number, timeZone: string): DemoEvent[] {
  const random = new Random(SEED);
  const days = planDays(random, until, timeZone);
  const events: ShopEvent[] = [];
  for (let index = 0; index < PERSONS; index++) {
    for (const event of livePerson(random, index, days)) if (event.at <= until) events.push(event);
  }
  events.sort((a, b) => a.at - b.at);
  return events.map(toDemoEvent);
}

/** The local days of the month that `until` ends. */
export function listDemoDays(until: number, timeZone: string): Bucket[] {
  return [...walkCalendar(lastLocalDays(DAYS, until, timeZone), 'day', timeZone)];
}

function planDays(random: Random, until: number, timeZone: string): Day[] {
  const month = listDemoDays(until, timeZone);
  return month.map((bucket, index) => {
    const weekday = new Date(bucket.label).getUTCDay();
    const trend = 1 + (GROWTH * index) / month.length;
    const noise = 1 + (random.next() * 2 - 1) * DAY_TO_DAY_NOISE;
    return {
      ...bucket,
      weight: (WEEKDAY_WEIGHTS[weekday] ?? 1) * trend * noise,
      hours: weekday === 0 || weekday === 6 ? WEEKEND_HOURS : WORKDAY_HOURS,
    };
  });
}

/** All visits of one person, in order of time. */
function livePerson(random: Random, index: number, days: readonly Day[]): ShopEvent[] {
  const person = createPerson(random, index);
  const known = days.slice(random.chance(KNOWS_THE_SHOP) ? 0 : random.integer(0, days.length - 1));
  const further = random.exponential((MEAN_FURTHER_VISITS * known.length) / days.length);
  const starts = Array.from({ length: Math.min(1 + Math.floor(further), MOST_VISITS) }, () =>
    timeOfVisit(
      random,
      random.pickWeighted(known, (day) => day.weight),
    ),
  ).sort((a, b) => a - b);
  return starts.flatMap((start, visit) =>
    new ShopVisit(random, person, random.pick(person.devices), `s-${index + 1}-${visit + 1}`, start).play(),
  );
}

function createPerson(random: Random, index: number): Person {
  const hasAccount = random.chance(HAS_ACCOUNT);
  // A guest on two devices would be two persons to everyone.
  const devices = hasAccount && random.chance(HAS_SECOND_DEVICE) ? 2 : 1;
  return {
    userId: `user-${index + 1}`,
    hasAccount,
    country: random.pickWeighted(COUNTRIES, ({ weight }) => weight).code,
    devices: Array.from({ length: devices }, (_, device) => createDevice(random, `anon-${index + 1}-${device + 1}`)),
  };
}

function createDevice(random: Random, anonymousId: string): Device {
  const platform = random.pickWeighted(PLATFORMS, ({ weight }) => weight);
  return { anonymousId, platform: platform.name, appVersion: random.pick(platform.versions), signedIn: false };
}

/** By share of the day, not by the clock: a day has 23 or 25 hours twice a year. */
function timeOfVisit(random: Random, day: Day): number {
  const hours = day.hours.map((weight, hour) => ({ weight, hour }));
  const { hour } = random.pickWeighted(hours, ({ weight }) => weight);
  return Math.floor(day.start + ((hour + random.next()) / hours.length) * (day.end - day.start));
}

function toDemoEvent({ at, ...event }: ShopEvent, index: number): DemoEvent {
  return { ...event, eventId: `demo-${index + 1}`, timestamp: new Date(at).toISOString() };
}
