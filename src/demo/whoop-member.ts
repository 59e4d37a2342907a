import { localDate, localOffset } from '../common/time/calendar.js';
import { daysEnding } from '../modules/whoop/dashboard/date-range.js';
import { Random } from './random.js';
import { cycleScore, recoveryScore, sleepScore, workoutScore, type Fitness } from './whoop-scores.js';

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const DAY_MS = 86_400_000;
const FIRST_CYCLE = 930_000;

/** A record as WHOOP's API answers it. */
export type WhoopJson = Record<string, unknown>;

/** All that WHOOP knows of a member; each list the oldest first. */
export interface WhoopMember {
  userId: number;
  profile: WhoopJson;
  body: WhoopJson;
  cycles: WhoopJson[];
  recoveries: WhoopJson[];
  sleeps: WhoopJson[];
  workouts: WhoopJson[];
}

interface Stay {
  /** Days before the end on which it begins, and how many it lasts. */
  daysAgo: number;
  days: number;
  timeZone: string;
}

const HOME = 'Europe/Berlin';
const TRAVELS: Stay[] = [
  { daysAgo: 310, days: 13, timeZone: 'Asia/Kolkata' },
  { daysAgo: 205, days: 9, timeZone: 'America/New_York' },
  { daysAgo: 122, days: 6, timeZone: 'Pacific/Auckland' },
  { daysAgo: 40, days: 4, timeZone: 'Atlantic/Reykjavik' },
];
/** Slug, number (WHOOP leaves it out more and more) and how often. The last two are in no table. */
const SPORTS: { slug: string; id: number | null; weight: number }[] = [
  { slug: 'running', id: 0, weight: 30 },
  { slug: 'cycling', id: 1, weight: 18 },
  { slug: 'weightlifting_msk', id: 123, weight: 14 },
  { slug: 'yoga', id: 44, weight: 9 },
  { slug: 'tennis', id: 34, weight: 7 },
  { slug: 'hiking-rucking', id: null, weight: 8 },
  { slug: 'walking', id: 63, weight: 8 },
  { slug: 'reformer-pilates', id: null, weight: 3 },
  { slug: 'sofa-olympics', id: null, weight: 3 },
];

/**
 * A plausible member: main sleeps and naps, days without the strap, a cycle that goes on, records that are not scored or were
 * scored again, an older strap without SpO2, travel and clock changes, activities that two apps have recorded. The same seed
 * and end give the same records.
 * @param end epoch milliseconds: the newest records are of the morning before
 */
export function generateWhoopMember(options: { seed: number; end: number; days: number }): WhoopMember {
  return new MemberHistory(options.seed, options.end, options.days).generate();
}

class MemberHistory {
  private readonly random: Random;
  private readonly userId: number;
  private readonly member: WhoopMember;
  private fitness: Fitness = { freshness: 0.6, load: 0.4 };

  constructor(
    seed: number,
    private readonly end: number,
    private readonly days: number,
  ) {
    this.random = new Random(seed);
    this.userId = 10_000 + (seed % 90_000);
    this.member = {
      userId: this.userId,
      profile: { user_id: this.userId, email: 'jo@example.com', first_name: 'Jo', last_name: 'Example' },
      body: { height_meter: 1.72, weight_kilogram: 66.5, max_heart_rate: 191 },
      cycles: [],
      recoveries: [],
      sleeps: [],
      workouts: [],
    };
  }

  generate(): WhoopMember {
    let night = this.nightOf(this.days);
    for (let daysAgo = this.days; daysAgo >= 1; daysAgo--) {
      const next = daysAgo > 1 ? this.nightOf(daysAgo - 1) : null;
      this.addDay(daysAgo, night, next);
      if (next !== null) night = next;
    }
    return this.member;
  }

  /** When the member falls asleep and wakes up; the night ends on the day so many days before the end. */
  private nightOf(daysAgo: number): { timeZone: string; start: number; end: number } {
    const timeZone = zoneOf(daysAgo, this.days);
    const today = new Date(this.end - HOUR_MS * 12).toISOString().slice(0, 10);
    const day = daysEnding(today, daysAgo).from;
    const midnight = localDate(day, timeZone).from;
    // Now and then it is past midnight.
    const start = midnight - 75 * MINUTE_MS + Math.round(this.random.exponential(50)) * MINUTE_MS;
    const asleep = (6.2 + this.random.next() * 2.6) * HOUR_MS;
    return { timeZone, start: start + this.random.integer(1, 999), end: Math.round(start + asleep) };
  }

  private addDay(daysAgo: number, night: ReturnType<typeof this.nightOf>, next: { start: number } | null): void {
    const cycleId = FIRST_CYCLE + (this.days - daysAgo);
    const isMissed = daysAgo > 3 && this.random.chance(0.04);
    const isNewest = next === null;
    this.fitness = {
      freshness: Math.max(0.05, Math.min(1, 0.9 - this.fitness.load * 0.6 + (this.random.next() - 0.5) * 0.5)),
      load: this.random.next(),
    };
    this.addCycle(cycleId, night, isMissed, next?.start ?? null);
    if (!isMissed) this.addNight(cycleId, daysAgo, night, isNewest);
    if (this.random.chance(0.12)) this.addNap(cycleId, night, next?.start ?? this.end);
    if (!isMissed && this.fitness.load > 0.45) this.addWorkout(night, next?.start ?? this.end);
  }

  private addCycle(
    id: number,
    night: { start: number; timeZone: string },
    isMissed: boolean,
    end: number | null,
  ): void {
    this.member.cycles.push({
      id,
      ...this.stamps(night.start, end ?? this.end),
      start: iso(night.start),
      end: end === null ? null : iso(end),
      timezone_offset: offsetAt(night.start, night.timeZone),
      ...(isMissed ? unscored('UNSCORABLE') : scored(cycleScore(this.random, this.fitness))),
    });
  }

  private addNight(
    cycleId: number,
    daysAgo: number,
    night: { start: number; end: number; timeZone: string },
    isNewest: boolean,
  ): void {
    const sleepId = this.uuid();
    const state = isNewest ? 'PENDING_SCORE' : this.random.chance(0.02) ? 'UNSCORABLE' : 'SCORED';
    const score = sleepScore(this.random, night.end - night.start);
    this.member.sleeps.push({
      id: sleepId,
      cycle_id: cycleId,
      v1_id: null,
      ...this.stamps(night.end, night.end),
      start: iso(night.start),
      end: iso(night.end),
      timezone_offset: offsetAt(night.end, night.timeZone),
      nap: false,
      ...(state === 'SCORED' ? scored(score) : unscored(state)),
    });
    const hasOlderStrap = daysAgo > 300;
    this.member.recoveries.push({
      cycle_id: cycleId,
      sleep_id: sleepId,
      ...this.stamps(night.end + 6 * MINUTE_MS, night.end),
      ...(state === 'SCORED'
        ? scored(recoveryScore(this.random, this.fitness, hasOlderStrap))
        : { score_state: state }),
    });
  }

  private addNap(cycleId: number, night: { end: number; timeZone: string }, before: number): void {
    const start = night.end + Math.round((5 + this.random.next() * 3) * HOUR_MS);
    const end = start + this.random.integer(15, 70) * MINUTE_MS;
    if (end > before - HOUR_MS) return;
    const score = sleepScore(this.random, end - start);
    this.member.sleeps.push({
      id: this.uuid(),
      cycle_id: cycleId,
      v1_id: null,
      ...this.stamps(end, end),
      start: iso(start),
      end: iso(end),
      timezone_offset: offsetAt(end, night.timeZone),
      nap: true,
      ...scored({ ...score, sleep_performance_percentage: null }),
    });
  }

  private addWorkout(night: { end: number; timeZone: string }, before: number): void {
    const start = night.end + Math.round((2 + this.random.next() * 11) * HOUR_MS) + this.random.integer(0, 999);
    const minutes = this.random.integer(18, 110);
    if (start + minutes * MINUTE_MS > before - HOUR_MS) return;
    const sport = this.random.pickWeighted(SPORTS, ({ weight }) => weight);
    this.member.workouts.push(this.workout(sport, start, minutes, night.timeZone));
    // A watch has recorded it too, a few minutes less at both ends.
    if (this.random.chance(0.04) && minutes > 30) {
      this.member.workouts.push(this.workout(sport, start + 7 * MINUTE_MS, minutes - 8, night.timeZone));
    }
  }

  private workout(sport: (typeof SPORTS)[number], start: number, minutes: number, timeZone: string): WhoopJson {
    const end = start + minutes * MINUTE_MS + this.random.integer(0, 59_999);
    const state = this.random.chance(0.01) ? 'UNSCORABLE' : 'SCORED';
    return {
      id: this.uuid(),
      v1_id: null,
      ...this.stamps(end, end),
      start: iso(start),
      end: iso(end),
      timezone_offset: offsetAt(start, timeZone),
      sport_name: sport.slug,
      ...(sport.id !== null && { sport_id: sport.id }),
      ...(state === 'SCORED'
        ? scored(workoutScore(this.random, this.fitness, end - start, sport.slug === 'running'))
        : unscored(state)),
    };
  }

  /** Some are scored again days later. */
  private stamps(createdAt: number, doneAt: number): WhoopJson {
    const again = this.random.chance(0.05)
      ? this.random.integer(1, 5) * DAY_MS
      : this.random.integer(1, 20) * MINUTE_MS;
    const updatedAt = Math.max(createdAt, Math.min(this.end, Math.max(createdAt, doneAt) + again));
    return { user_id: this.userId, created_at: iso(createdAt), updated_at: iso(updatedAt) };
  }

  private uuid(): string {
    const hex = Array.from({ length: 4 }, () =>
      Math.floor(this.random.next() * 2 ** 32)
        .toString(16)
        .padStart(8, '0'),
    ).join('');
    return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  }
}

function zoneOf(daysAgo: number, days: number): string {
  // In a longer history each year has the same travels.
  const inYear = days <= 366 ? daysAgo : daysAgo % 365;
  return TRAVELS.find((stay) => inYear <= stay.daysAgo && inYear > stay.daysAgo - stay.days)?.timeZone ?? HOME;
}

function offsetAt(instant: number, timeZone: string): string {
  const { offsetMs } = localOffset(instant, timeZone);
  if (offsetMs === 0) return 'Z';
  const minutes = Math.abs(offsetMs) / MINUTE_MS;
  const two = (value: number) => String(value).padStart(2, '0');
  return `${offsetMs < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

function iso(time: number): string {
  return new Date(time).toISOString();
}

function scored(score: WhoopJson): WhoopJson {
  return { score_state: 'SCORED', score };
}

function unscored(state: string): WhoopJson {
  return { score_state: state, score: null };
}
