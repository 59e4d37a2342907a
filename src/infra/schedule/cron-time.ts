import { CronTime } from 'cron';

/** The first moment after `after` at which a cron expression, read in UTC, is due; epoch milliseconds. */
export function nextRunAfter(expression: string, after: number): number {
  return new CronTime(expression, 'UTC').getNextDateFrom(new Date(after)).toMillis();
}
