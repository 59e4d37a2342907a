import { localDateAt, recoveryDate } from './record-dates.js';
import { VendorRecord } from './vendor-record.js';
import type { CycleRow, ProfileRow, RecordKind, RecordRows, RecoveryRow, SleepRow, WorkoutRow } from './whoop-rows.js';

// What WHOOP's API v2 answers → rows. Sources: WHOOP's OpenAPI document, and what real answers do otherwise (optional members
// are null instead of absent, `percent_recorded` is a fraction).

const SCORED = 'SCORED';
const PERCENT = 100;

const MAPPINGS: { [K in RecordKind]: (record: VendorRecord) => RecordRows[K] } = {
  cycles: mapCycle,
  recovery: mapRecovery,
  sleep: mapSleep,
  workouts: mapWorkout,
};

/** @throws VendorRecordError that names the field */
export function mapRecord<K extends RecordKind>(kind: K, json: unknown): RecordRows[K] {
  return MAPPINGS[kind](new VendorRecord(json));
}

/** @throws VendorRecordError */
export function mapProfile(json: unknown, now: number): ProfileRow {
  const record = new VendorRecord(json);
  return {
    memberId: record.id('user_id'),
    firstName: record.optionalText('first_name'),
    lastName: record.optionalText('last_name'),
    email: record.optionalText('email'),
    updatedAt: now,
  };
}

/** The date is that of its start; `cycleDate` knows better once the sleep is there. */
function mapCycle(record: VendorRecord): CycleRow {
  const score = scoreOf(record);
  const startTime = record.time('start');
  const timezoneOffset = record.offset('timezone_offset');
  return {
    ...commonOf(record),
    cycleId: record.id('id'),
    date: localDateAt(startTime, timezoneOffset),
    startTime,
    endTime: record.optionalTime('end'),
    timezoneOffset,
    strain: score?.number('strain') ?? null,
    kilojoules: score?.number('kilojoule') ?? null,
    averageHeartRate: score?.number('average_heart_rate') ?? null,
    maxHeartRate: score?.number('max_heart_rate') ?? null,
  };
}

/** Date and time are guesses; `recoveryDate` knows better once sleep and cycle are there. */
function mapRecovery(record: VendorRecord): RecoveryRow {
  const score = scoreOf(record);
  const common = commonOf(record);
  return {
    ...common,
    ...recoveryDate(common, undefined, undefined),
    cycleId: record.id('cycle_id'),
    sleepId: record.id('sleep_id'),
    userCalibrating: score?.flag('user_calibrating') ?? null,
    recoveryScore: score?.number('recovery_score') ?? null,
    restingHeartRate: score?.number('resting_heart_rate') ?? null,
    hrvRmssd: score?.number('hrv_rmssd_milli') ?? null,
    spo2Percentage: score?.number('spo2_percentage') ?? null,
    skinTempCelsius: score?.number('skin_temp_celsius') ?? null,
  };
}

function mapSleep(record: VendorRecord): SleepRow {
  const score = scoreOf(record);
  const stages = score?.object('stage_summary');
  const endTime = record.time('end');
  const timezoneOffset = record.offset('timezone_offset');
  return {
    ...commonOf(record),
    sleepId: record.id('id'),
    cycleId: record.id('cycle_id'),
    date: localDateAt(endTime, timezoneOffset),
    startTime: record.time('start'),
    endTime,
    timezoneOffset,
    nap: record.flag('nap') ?? false,
    inBedMs: stages?.whole('total_in_bed_time_milli') ?? null,
    awakeMs: stages?.whole('total_awake_time_milli') ?? null,
    noDataMs: stages?.whole('total_no_data_time_milli') ?? null,
    lightMs: stages?.whole('total_light_sleep_time_milli') ?? null,
    slowWaveMs: stages?.whole('total_slow_wave_sleep_time_milli') ?? null,
    remMs: stages?.whole('total_rem_sleep_time_milli') ?? null,
    neededMs: neededOf(score?.object('sleep_needed') ?? null),
    sleepCycleCount: stages?.whole('sleep_cycle_count') ?? null,
    disturbanceCount: stages?.whole('disturbance_count') ?? null,
    respiratoryRate: score?.number('respiratory_rate') ?? null,
    sleepPerformance: score?.number('sleep_performance_percentage') ?? null,
    sleepConsistency: score?.number('sleep_consistency_percentage') ?? null,
    sleepEfficiency: score?.number('sleep_efficiency_percentage') ?? null,
  };
}

function mapWorkout(record: VendorRecord): WorkoutRow {
  const score = scoreOf(record);
  const startTime = record.time('start');
  const timezoneOffset = record.offset('timezone_offset');
  return {
    ...commonOf(record),
    workoutId: record.id('id'),
    date: localDateAt(startTime, timezoneOffset),
    startTime,
    endTime: record.time('end'),
    timezoneOffset,
    sportName: record.optionalText('sport_name'),
    sportId: record.whole('sport_id'),
    strain: score?.number('strain') ?? null,
    averageHeartRate: score?.number('average_heart_rate') ?? null,
    maxHeartRate: score?.number('max_heart_rate') ?? null,
    kilojoules: score?.number('kilojoule') ?? null,
    percentRecorded: percentOf(score?.number('percent_recorded') ?? null),
    distanceMeters: score?.number('distance_meter') ?? null,
    altitudeGainMeters: score?.number('altitude_gain_meter') ?? null,
    altitudeChangeMeters: score?.number('altitude_change_meter') ?? null,
    zonesMs: zonesOf(score?.object('zone_durations') ?? null),
  };
}

function commonOf(record: VendorRecord) {
  return {
    memberId: record.id('user_id'),
    scoreState: record.text('score_state'),
    createdAt: record.time('created_at'),
    updatedAt: record.time('updated_at'),
  };
}

/** What is not scored has no values, even where a score is sent. */
function scoreOf(record: VendorRecord): VendorRecord | null {
  return record.text('score_state') === SCORED ? record.object('score') : null;
}

function neededOf(needed: VendorRecord | null): number | null {
  if (needed === null) return null;
  const parts = ['baseline', 'need_from_sleep_debt', 'need_from_recent_strain', 'need_from_recent_nap'];
  return parts.reduce((sum, part) => sum + (needed.whole(`${part}_milli`) ?? 0), 0);
}

/** WHOOP's document says 0 to 100; its answers hold 0 to 1. */
function percentOf(value: number | null): number | null {
  return value !== null && value <= 1 ? value * PERCENT : value;
}

function zonesOf(zones: VendorRecord | null): number[] | null {
  if (zones === null) return null;
  return ['zero', 'one', 'two', 'three', 'four', 'five'].map((zone) => zones.whole(`zone_${zone}_milli`) ?? 0);
}
