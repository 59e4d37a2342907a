import type { CycleRow, RecoveryRow, SleepRow, WorkoutRow } from '../records/whoop-rows.js';
import { recoveryStatus } from './recovery-status.js';
import { rounded } from './rounding.js';
import { asleepMs } from './sleep-figures.js';

const HOUR_MS = 3_600_000;

export interface PeriodRecords {
  recoveries: readonly Pick<RecoveryRow, 'date' | 'recoveryScore'>[];
  /** Without naps. */
  sleeps: readonly Pick<SleepRow, 'date' | 'lightMs' | 'slowWaveMs' | 'remMs' | 'sleepPerformance'>[];
  cycles: readonly Pick<CycleRow, 'date' | 'strain'>[];
  workouts: readonly Pick<WorkoutRow, 'date' | 'workoutId' | 'startTime' | 'endTime' | 'strain'>[];
}

/** Averages, over what has a score, to one decimal; 0 where nothing has. Counts are of all records of the period. */
export interface PeriodFigures {
  recovery: {
    average: number;
    max: number;
    min: number;
    records: number;
    green: number;
    yellow: number;
    red: number;
  };
  sleep: { averageHours: number; averagePerformance: number; records: number };
  strain: { averageDaily: number; maxDaily: number; workouts: number; averageWorkout: number; overlapping: number };
}

export function periodFigures({ recoveries, sleeps, cycles, workouts }: PeriodRecords): PeriodFigures {
  const scores = present(recoveries.map(({ recoveryScore }) => recoveryScore));
  const statuses = recoveries.map(({ recoveryScore }) => recoveryStatus(recoveryScore));
  const count = (status: string) => statuses.filter((one) => one === status).length;
  const strains = present(cycles.map(({ strain }) => strain));
  return {
    recovery: {
      average: average(scores),
      max: extreme(scores, Math.max),
      min: extreme(scores, Math.min),
      records: recoveries.length,
      green: count('green'),
      yellow: count('yellow'),
      red: count('red'),
    },
    sleep: {
      averageHours: average(present(sleeps.map(asleepMs)), HOUR_MS),
      averagePerformance: average(present(sleeps.map(({ sleepPerformance }) => sleepPerformance))),
      records: sleeps.length,
    },
    strain: {
      averageDaily: average(strains),
      maxDaily: extreme(strains, Math.max),
      workouts: workouts.length,
      averageWorkout: average(present(workouts.map(({ strain }) => strain))),
      overlapping: overlapping(workouts),
    },
  };
}

/**
 * Workouts that lie for the most part within another one: one activity that the strap and another app have both recorded.
 * The shorter one counts.
 */
export function overlapping(workouts: readonly Pick<WorkoutRow, 'workoutId' | 'startTime' | 'endTime'>[]): number {
  const byLength = [...workouts].sort((a, b) => lengthOf(b) - lengthOf(a) || (a.workoutId < b.workoutId ? -1 : 1));
  return byLength.filter((workout, i) =>
    byLength.slice(0, i).some((longer) => {
      const shared = Math.min(workout.endTime, longer.endTime) - Math.max(workout.startTime, longer.startTime);
      return shared > 0 && shared * 2 > lengthOf(workout);
    }),
  ).length;
}

function lengthOf({ startTime, endTime }: Pick<WorkoutRow, 'startTime' | 'endTime'>): number {
  return endTime - startTime;
}

function present(values: readonly (number | null)[]): number[] {
  return values.filter((value) => value !== null);
}

/** @param unit what the values are divided by */
function average(values: readonly number[], unit = 1): number {
  if (values.length === 0) return 0;
  return rounded(values.reduce((sum, value) => sum + value, 0) / values.length / unit, 1);
}

function extreme(values: readonly number[], pick: (...values: number[]) => number): number {
  return values.length === 0 ? 0 : rounded(pick(...values), 1);
}
