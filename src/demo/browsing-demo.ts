import { lastLocalDays, walkCalendar, type Bucket } from '../common/time/calendar.js';
import { BREAK_SITES, COMPANION_SITES, LEISURE_SITES, WORK_SITES } from './browsing-sites.js';
import { DemoBrowser, type BrowserSignal, type Habits } from './demo-browser.js';
import { Random } from './random.js';

export const BROWSING_DAYS = 28;
const SEED = 20_261_127;

const WORK: Habits = { sites: WORK_SITES, companions: COMPANION_SITES, leave: 3, pause: 0.8 };
const BREAK: Habits = { sites: BREAK_SITES, leave: 0.2, pause: 0.5 };
const LEISURE: Habits = { sites: LEISURE_SITES, leave: 0.3, pause: 0.6 };

const DAY_OFF = 0.06;
const LUNCH_AT_THE_SCREEN = 0.4;
const EVENING = 0.7;
const WORK_IN_THE_EVENING = 0.4;
const WEEKEND_MORNING = 0.65;
const WEEKEND_EVENING = 0.5;
const FRIDAY = 5;

/** An event as `POST /api/events/sync` takes it. */
export interface BrowsingEvent extends BrowserSignal {
  _id: string;
  v: 1;
}

/** At the desk and at home. */
interface Browsers {
  laptop: DemoBrowser;
  desktop: DemoBrowser;
}

/**
 * What the browsers of somebody who makes web sites record in the 28 local days that end at `until` (epoch
 * milliseconds), ordered by time. The same arguments give the same events with the same ids, so that sending them again
 * adds none.
 */
export function generateBrowsing(until: number, timeZone: string): BrowsingEvent[] {
  const random = new Random(SEED);
  const browsers = { laptop: new DemoBrowser(random, 'laptop'), desktop: new DemoBrowser(random, 'desktop') };
  for (const day of listBrowsingDays(until, timeZone)) liveDay(random, day, browsers);
  return [...browsers.laptop.signals, ...browsers.desktop.signals]
    .filter(({ ts }) => ts <= until)
    .sort((a, b) => a.ts - b.ts)
    .map((signal, i) => ({ _id: idOf(i), v: 1, ...signal }));
}

/** The local days of the four weeks that `until` ends. */
export function listBrowsingDays(until: number, timeZone: string): Bucket[] {
  return [...walkCalendar(lastLocalDays(BROWSING_DAYS, until, timeZone), 'day', timeZone)];
}

function liveDay(random: Random, day: Bucket, browsers: Browsers): void {
  const weekday = new Date(day.label).getUTCDay();
  const isFree = weekday === 0 || weekday === 6 || random.chance(DAY_OFF);
  if (isFree) liveFreeDay(random, day, browsers);
  else liveWorkday(random, day, weekday === FRIDAY, browsers);
}

function liveWorkday(random: Random, day: Bucket, isFriday: boolean, { laptop, desktop }: Browsers): void {
  const at = clockOf(random, day);
  const noon = at(12.4, 0.4);
  laptop.sit(at(8.9, 0.5), noon, WORK);
  if (random.chance(LUNCH_AT_THE_SCREEN)) laptop.sit(noon, at(12.9, 0.1), BREAK);
  laptop.sit(at(13.4, 0.3), at(isFriday ? 15.8 : 17.6, 0.6), WORK);
  if (!random.chance(EVENING)) return;
  desktop.sit(at(19.8, 0.6), at(22.2, 0.7), LEISURE);
  // While the other one plays.
  if (random.chance(WORK_IN_THE_EVENING)) laptop.sit(at(20.6, 0.3), at(21.2, 0.2), WORK);
}

function liveFreeDay(random: Random, day: Bucket, { desktop }: Browsers): void {
  const at = clockOf(random, day);
  if (random.chance(WEEKEND_MORNING)) desktop.sit(at(10.6, 0.8), at(11.9, 0.4), LEISURE);
  if (random.chance(WEEKEND_EVENING)) desktop.sit(at(20, 0.7), at(21.8, 0.6), LEISURE);
}

/** The instant of an hour, give or take. By share of the day, not by the clock: a day has 23 or 25 hours twice a year. */
function clockOf(random: Random, { start, end }: Bucket): (hour: number, orSo: number) => number {
  return (hour, orSo) => {
    const exact = hour + (random.next() * 2 - 1) * orSo;
    return Math.floor(start + (exact / 24) * (end - start));
  };
}

/** A UUID, as extensions give them. */
function idOf(position: number): string {
  return `de300000-0000-4000-8000-${String(position + 1).padStart(12, '0')}`;
}
