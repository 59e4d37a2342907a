import type { WhoopJson, WhoopMember } from '../../../src/demo/whoop-member.js';
import { WhoopDashboardService } from '../../../src/modules/whoop/dashboard/whoop-dashboard.service.js';
import { WhoopCycleDto } from '../../../src/modules/whoop/dto/cycle.dto.js';
import { WhoopRecoveryDto } from '../../../src/modules/whoop/dto/recovery.dto.js';
import { WhoopSleepDto } from '../../../src/modules/whoop/dto/sleep.dto.js';
import { WhoopWorkoutDto } from '../../../src/modules/whoop/dto/workout.dto.js';
import type { WhoopApp } from './whoop-app.js';

// What the dashboard must show of a member, worked out from WHOOP's records without any code of the module.

export interface Shown {
  recovery: WhoopJson[];
  sleep: WhoopJson[];
  workouts: WhoopJson[];
  cycles: WhoopJson[];
}

export type ShownKind = keyof Shown;

/** The date on a clock with this offset, by letting the time zone database's fixed zones do the sum. */
export function dateOn(instant: unknown, offset: unknown): string {
  const [, sign, hours, minutes] = /^([+-])(\d\d):?(\d\d)$/.exec(String(offset)) ?? [];
  const ahead = sign === undefined ? 0 : (Number(hours) * 60 + Number(minutes)) * (sign === '-' ? -1 : 1);
  const clock = new Date(Date.parse(String(instant)) + ahead * 60_000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${clock.getUTCFullYear()}-${two(clock.getUTCMonth() + 1)}-${two(clock.getUTCDate())}`;
}

/** Everything, in no order; only the fields that the contract names. */
export function truthOf(member: WhoopMember): Shown {
  return {
    recovery: member.recoveries.map((record) => recoveryOf(record, member)),
    sleep: member.sleeps.map(sleepOf),
    workouts: member.workouts.map(workoutOf),
    cycles: member.cycles.map((record) => cycleOf(record, member)),
  };
}

/** What the dashboard shows, cut down to the fields of `truthOf`. */
export async function shownBy(app: WhoopApp): Promise<Shown> {
  const dashboard = app.get(WhoopDashboardService);
  const all = { startDate: '1000-01-01' };
  const [recovery, sleep, workouts, cycles] = await Promise.all([
    dashboard.list('recovery', all),
    dashboard.listSleeps(all, true),
    dashboard.list('workouts', all),
    dashboard.list('cycles', all),
  ]);
  return {
    recovery: recovery.map((row) => cut(WhoopRecoveryDto.from(row), RECOVERY)),
    sleep: sleep.map((row) => cut(WhoopSleepDto.from(row), SLEEP)),
    workouts: workouts.map((row) => cut(WhoopWorkoutDto.from(row), WORKOUT)),
    cycles: cycles.map((row) => cut(WhoopCycleDto.from(row), CYCLE)),
  };
}

/** By id, so that order plays no part. */
export function byId(shown: Shown): Record<ShownKind, Record<string, WhoopJson>> {
  const index = (records: WhoopJson[]) => Object.fromEntries(records.map((record) => [String(record['id']), record]));
  return {
    recovery: index(shown.recovery),
    sleep: index(shown.sleep),
    workouts: index(shown.workouts),
    cycles: index(shown.cycles),
  };
}

const RECOVERY = [
  'id',
  'cycle_id',
  'date',
  'recovery_score',
  'resting_heart_rate',
  'hrv_rmssd',
  'spo2_percentage',
  'skin_temp_celsius',
  'recovery_status',
  'score_state',
];
const SLEEP = [
  'id',
  'sleep_id',
  'date',
  'start_time',
  'end_time',
  'total_sleep_hours',
  'sleep_performance',
  'sleep_efficiency',
  'sleep_consistency',
  'stages',
  'respiratory_rate',
  'rem_sleep_min',
  'deep_sleep_min',
  'light_sleep_min',
  'awake_min',
  'in_bed_min',
  'nap',
  'score_state',
];
const WORKOUT = [
  'id',
  'workout_id',
  'start_time',
  'end_time',
  'sport_name',
  'strain',
  'average_heart_rate',
  'max_heart_rate',
  'calories',
  'kilojoules',
  'distance_meters',
  'duration_min',
  'score_state',
];
const CYCLE = [
  'id',
  'cycle_id',
  'date',
  'start_time',
  'end_time',
  'strain',
  'kilojoules',
  'average_heart_rate',
  'max_heart_rate',
  'score_state',
];

function cut(dto: object, names: readonly string[]): WhoopJson {
  const members = dto as WhoopJson;
  return Object.fromEntries(names.map((name) => [name, members[name]]));
}

function scoreOf(record: WhoopJson): WhoopJson | null {
  return record['score_state'] === 'SCORED' ? ((record['score'] as WhoopJson | null) ?? null) : null;
}

function value(score: WhoopJson | null, name: string): number | null {
  return (score?.[name] as number | null | undefined) ?? null;
}

function recoveryOf(record: WhoopJson, member: WhoopMember): WhoopJson {
  const score = scoreOf(record);
  const sleep = member.sleeps.find(({ id }) => id === record['sleep_id']);
  const cycle = member.cycles.find(({ id }) => id === record['cycle_id']);
  const points = value(score, 'recovery_score');
  return {
    id: String(record['cycle_id']),
    cycle_id: String(record['cycle_id']),
    date: sleep
      ? dateOn(sleep['end'], sleep['timezone_offset'])
      : dateOn(record['created_at'], cycle?.['timezone_offset'] ?? 'Z'),
    recovery_score: points,
    resting_heart_rate: value(score, 'resting_heart_rate'),
    hrv_rmssd: value(score, 'hrv_rmssd_milli'),
    spo2_percentage: value(score, 'spo2_percentage'),
    skin_temp_celsius: value(score, 'skin_temp_celsius'),
    recovery_status: points === null ? 'unknown' : points < 34 ? 'red' : points < 67 ? 'yellow' : 'green',
    score_state: record['score_state'],
  };
}

function sleepOf(record: WhoopJson): WhoopJson {
  const score = scoreOf(record);
  const stages = (score?.['stage_summary'] as WhoopJson | undefined) ?? null;
  const minutes = (name: string) => {
    const ms = value(stages, `total_${name}_time_milli`);
    return ms === null ? null : ms / 60_000;
  };
  const [rem, deep, light, awake] = ['rem_sleep', 'slow_wave_sleep', 'light_sleep', 'awake'].map(minutes) as [
    number | null,
    number | null,
    number | null,
    number | null,
  ];
  const asleep = ['rem_sleep', 'slow_wave_sleep', 'light_sleep']
    .map((name) => value(stages, `total_${name}_time_milli`))
    .reduce<number | null>((sum, ms) => (sum === null || ms === null ? null : sum + ms), 0);
  return {
    id: record['id'],
    sleep_id: record['id'],
    date: dateOn(record['end'], record['timezone_offset']),
    start_time: record['start'],
    end_time: record['end'],
    total_sleep_hours: asleep === null ? null : Number((asleep / 3_600_000).toFixed(1)),
    sleep_performance: value(score, 'sleep_performance_percentage'),
    sleep_efficiency: value(score, 'sleep_efficiency_percentage'),
    sleep_consistency: value(score, 'sleep_consistency_percentage'),
    stages: { rem_min: rem, deep_min: deep, light_min: light, awake_min: awake },
    respiratory_rate: value(score, 'respiratory_rate'),
    rem_sleep_min: rem,
    deep_sleep_min: deep,
    light_sleep_min: light,
    awake_min: awake,
    in_bed_min: minutes('in_bed'),
    nap: record['nap'],
    score_state: record['score_state'],
  };
}

function workoutOf(record: WhoopJson): WhoopJson {
  const score = scoreOf(record);
  const kilojoules = value(score, 'kilojoule');
  return {
    id: record['id'],
    workout_id: record['id'],
    start_time: record['start'],
    end_time: record['end'],
    sport_name: record['sport_name'],
    strain: value(score, 'strain'),
    average_heart_rate: value(score, 'average_heart_rate'),
    max_heart_rate: value(score, 'max_heart_rate'),
    calories: kilojoules === null ? null : Number((kilojoules / 4.184).toFixed(2)),
    kilojoules,
    distance_meters: value(score, 'distance_meter'),
    duration_min: Number(
      ((Date.parse(String(record['end'])) - Date.parse(String(record['start']))) / 60_000).toFixed(3),
    ),
    score_state: record['score_state'],
  };
}

function cycleOf(record: WhoopJson, member: WhoopMember): WhoopJson {
  const score = scoreOf(record);
  const main = member.sleeps.filter(({ cycle_id, nap }) => cycle_id === record['id'] && nap === false)[0];
  return {
    id: String(record['id']),
    cycle_id: String(record['id']),
    date: main ? dateOn(main['end'], main['timezone_offset']) : dateOn(record['start'], record['timezone_offset']),
    start_time: record['start'],
    end_time: record['end'] ?? null,
    strain: value(score, 'strain'),
    kilojoules: value(score, 'kilojoule'),
    average_heart_rate: value(score, 'average_heart_rate'),
    max_heart_rate: value(score, 'max_heart_rate'),
    score_state: record['score_state'],
  };
}
