/** How far WHOOP is with a score; a word of theirs that is new here is kept as it came. */
export type ScoreState = 'SCORED' | 'PENDING_SCORE' | 'UNSCORABLE' | (string & {});

/** The four kinds of records, in the order in which they are fetched: a recovery takes its date from its sleep. */
export const RECORD_KINDS = ['sleep', 'cycles', 'recovery', 'workouts'] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** Of every record. Times are epoch milliseconds; what a score would tell is null unless the state is `SCORED`. */
interface CommonRow {
  memberId: string;
  /** The day that the record belongs to, by the offset of the record: `YYYY-MM-DD`. */
  date: string;
  /** Of a recovery: of the sleep it was made from. */
  startTime: number;
  scoreState: ScoreState;
  createdAt: number;
  updatedAt: number;
}

export interface CycleRow extends CommonRow {
  cycleId: string;
  /** Null: the cycle that the member is in. */
  endTime: number | null;
  /** `Z` or `±hh:mm`. */
  timezoneOffset: string;
  /** 0 to 21. */
  strain: number | null;
  kilojoules: number | null;
  averageHeartRate: number | null;
  maxHeartRate: number | null;
}

export interface RecoveryRow extends CommonRow {
  cycleId: string;
  sleepId: string;
  userCalibrating: boolean | null;
  /** 0 to 100. */
  recoveryScore: number | null;
  restingHeartRate: number | null;
  /** Milliseconds. */
  hrvRmssd: number | null;
  spo2Percentage: number | null;
  skinTempCelsius: number | null;
}

export interface SleepRow extends CommonRow {
  sleepId: string;
  cycleId: string;
  endTime: number;
  timezoneOffset: string;
  nap: boolean;
  inBedMs: number | null;
  awakeMs: number | null;
  noDataMs: number | null;
  lightMs: number | null;
  slowWaveMs: number | null;
  remMs: number | null;
  /** All that WHOOP adds up to the need of sleep. */
  neededMs: number | null;
  sleepCycleCount: number | null;
  disturbanceCount: number | null;
  respiratoryRate: number | null;
  /** Percentages from 0 to 100. */
  sleepPerformance: number | null;
  sleepConsistency: number | null;
  sleepEfficiency: number | null;
}

export interface WorkoutRow extends CommonRow {
  workoutId: string;
  endTime: number;
  timezoneOffset: string;
  /** WHOOP's slug, as it came. */
  sportName: string;
  sportId: number | null;
  strain: number | null;
  averageHeartRate: number | null;
  maxHeartRate: number | null;
  kilojoules: number | null;
  /** 0 to 100. */
  percentRecorded: number | null;
  distanceMeters: number | null;
  altitudeGainMeters: number | null;
  altitudeChangeMeters: number | null;
  /** Milliseconds in the heart rate zones 0 to 5. */
  zonesMs: number[] | null;
}

export interface RecordRows {
  sleep: SleepRow;
  cycles: CycleRow;
  recovery: RecoveryRow;
  workouts: WorkoutRow;
}

export interface ProfileRow {
  memberId: string;
  firstName: string;
  lastName: string;
  email: string;
  updatedAt: number;
}

/** What WHOOP calls a record: the cycle's number of cycles and recoveries, a UUID of the others. */
export function recordId<K extends RecordKind>(kind: K, row: RecordRows[K]): string {
  if (kind === 'sleep') return (row as SleepRow).sleepId;
  return kind === 'workouts' ? (row as WorkoutRow).workoutId : (row as CycleRow | RecoveryRow).cycleId;
}
