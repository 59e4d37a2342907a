import type { CycleRow, RecoveryRow, SleepRow } from './whoop-rows.js';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/** Minutes east of UTC of `Z`, `±hh:mm` or `±hhmm`. */
export function offsetMinutes(offset: string): number {
  if (offset === 'Z') return 0;
  const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(-2));
  return offset.startsWith('-') ? 0 - minutes : minutes;
}

/** The date on a clock that is `offset` from UTC, at an instant in epoch milliseconds. */
export function localDateAt(instant: number, offset: string): string {
  const local = new Date(instant + offsetMinutes(offset) * MINUTE_MS);
  return Number.isNaN(local.getTime())
    ? new Date(instant).toISOString().slice(0, 10)
    : local.toISOString().slice(0, 10);
}

type CycleSleep = Pick<SleepRow, 'sleepId' | 'startTime' | 'endTime' | 'timezoneOffset' | 'nap'>;

/** The sleep with which a cycle begins, among those of the cycle: no nap, and the longest where there are several. */
export function mainSleep<T extends CycleSleep>(sleeps: readonly T[]): T | undefined {
  let longest: T | undefined;
  for (const sleep of sleeps) {
    if (sleep.nap) continue;
    const isLonger = longest === undefined || lengthOf(sleep) > lengthOf(longest);
    const isEqual = longest !== undefined && lengthOf(sleep) === lengthOf(longest);
    // The smaller id of two equal ones, so that the order in which they come decides nothing.
    if (isLonger || (isEqual && sleep.sleepId < longest!.sleepId)) longest = sleep;
  }
  return longest;
}

/** The day on which the member woke up; of a cycle without a sleep, the evening on which it began. */
export function cycleDate(
  cycle: Pick<CycleRow, 'startTime' | 'timezoneOffset'>,
  sleeps: readonly CycleSleep[],
): string {
  const sleep = mainSleep(sleeps);
  return sleep === undefined
    ? localDateAt(cycle.startTime, cycle.timezoneOffset)
    : localDateAt(sleep.endTime, sleep.timezoneOffset);
}

/**
 * The day and the time of a recovery, which has neither itself: those of its sleep. Without the sleep, the day on which it
 * was made, by the cycle's clock or by UTC, and a time that is hardly later than the sleep's start.
 */
export function recoveryDate(
  recovery: Pick<RecoveryRow, 'createdAt'>,
  sleep: CycleSleep | undefined,
  cycle: Pick<CycleRow, 'startTime' | 'timezoneOffset'> | undefined,
): Pick<RecoveryRow, 'date' | 'startTime'> {
  if (sleep !== undefined) {
    return { date: localDateAt(sleep.endTime, sleep.timezoneOffset), startTime: sleep.startTime };
  }
  return {
    date: localDateAt(recovery.createdAt, cycle?.timezoneOffset ?? 'Z'),
    startTime: cycle?.startTime ?? recovery.createdAt - DAY_MS,
  };
}

function lengthOf({ startTime, endTime }: CycleSleep): number {
  return endTime - startTime;
}
