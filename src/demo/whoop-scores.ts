import type { Random } from './random.js';

type Score = Record<string, unknown>;

/** How a member is on a day; both from 0 to 1. */
export interface Fitness {
  freshness: number;
  load: number;
}

const HOUR_MS = 3_600_000;

export function cycleScore(random: Random, { load }: Fitness): Score {
  const strain = 4 + load * 15 + random.next();
  return {
    strain: decimals(strain, 6),
    kilojoule: decimals(6500 + strain * 420 + random.next() * 300, 4),
    average_heart_rate: Math.round(60 + strain),
    max_heart_rate: Math.round(118 + strain * 3.4),
  };
}

export function recoveryScore(random: Random, { freshness }: Fitness, hasOlderStrap: boolean): Score {
  return {
    user_calibrating: false,
    recovery_score: Math.round(5 + freshness * 94),
    resting_heart_rate: Math.round(61 - freshness * 12),
    hrv_rmssd_milli: decimals(28 + freshness * 62 + random.next() * 6, 6),
    spo2_percentage: hasOlderStrap ? null : decimals(94 + random.next() * 4, 4),
    skin_temp_celsius: hasOlderStrap ? null : decimals(33 + random.next() * 1.6, 4),
  };
}

export function sleepScore(random: Random, inBedMs: number): Score {
  const part = (low: number, high: number) => Math.round(inBedMs * (low + random.next() * (high - low)));
  const awake = part(0.03, 0.12);
  const slowWave = part(0.15, 0.24);
  const rem = part(0.18, 0.27);
  const light = inBedMs - awake - slowWave - rem;
  return {
    stage_summary: {
      total_in_bed_time_milli: inBedMs,
      total_awake_time_milli: awake,
      total_no_data_time_milli: 0,
      total_light_sleep_time_milli: light,
      total_slow_wave_sleep_time_milli: slowWave,
      total_rem_sleep_time_milli: rem,
      sleep_cycle_count: Math.max(1, Math.round(inBedMs / (1.6 * HOUR_MS))),
      disturbance_count: random.integer(0, 14),
    },
    sleep_needed: {
      baseline_milli: 27_395_716,
      need_from_sleep_debt_milli: random.integer(0, 3_600_000),
      need_from_recent_strain_milli: random.integer(0, 1_800_000),
      need_from_recent_nap_milli: -random.integer(0, 1_200_000),
    },
    respiratory_rate: decimals(13.8 + random.next() * 2, 6),
    sleep_performance_percentage: Math.min(100, Math.round((100 * (inBedMs - awake)) / (7.6 * HOUR_MS))),
    sleep_consistency_percentage: random.chance(0.03) ? null : random.integer(55, 96),
    sleep_efficiency_percentage: decimals((100 * (inBedMs - awake)) / inBedMs, 6),
  };
}

export function workoutScore(random: Random, { load }: Fitness, durationMs: number, hasDistance: boolean): Score {
  const average = Math.round(98 + load * 55 + random.next() * 8);
  const share = [0.05, 0.15, 0.25, 0.3, 0.2].map((part) => Math.floor(durationMs * part));
  const [zero, one, two, three, four] = share as [number, number, number, number, number];
  const five = durationMs - zero - one - two - three - four;
  const km = (durationMs / HOUR_MS) * (8.5 + random.next() * 3);
  return {
    strain: decimals(3 + load * 13 + random.next() * 2, 6),
    average_heart_rate: average,
    max_heart_rate: average + random.integer(12, 40),
    kilojoule: decimals((durationMs / HOUR_MS) * (1300 + load * 1100), 4),
    // A fraction, although WHOOP's document says percent.
    percent_recorded: decimals(0.94 + random.next() * 0.06, 8),
    distance_meter: hasDistance ? decimals(km * 1000, 4) : null,
    altitude_gain_meter: hasDistance ? decimals(random.next() * 180, 4) : null,
    altitude_change_meter: hasDistance ? decimals((random.next() - 0.5) * 20, 4) : null,
    zone_durations: {
      zone_zero_milli: zero,
      zone_one_milli: one,
      zone_two_milli: two,
      zone_three_milli: three,
      zone_four_milli: four,
      zone_five_milli: five,
    },
  };
}

function decimals(value: number, places: number): number {
  return Number(value.toFixed(places));
}
