import { InvalidInputError } from '../../../common/errors/domain.error.js';
import { parseInstant } from '../../../common/time/instant.js';
import { isTimeZone } from '../../../common/time/time-zone.js';
import { datesOf } from './figures/report-calendar.js';
import type { ProductivityReportRequest } from './productivity-report.js';

export const MOST_DAYS = 92;
export const MOST_USERS = 50;
const WEEK_DAYS = 7;
const DAY_MS = 86_400_000;
const DATE = /^\d{4}-\d{2}-\d{2}$/;

/** The last day of the 7 that begin with a date. */
export function weekEnd(startDate: string): string {
  assertDate('weekStartDate', startDate);
  return new Date(Date.parse(startDate) + (WEEK_DAYS - 1) * DAY_MS).toISOString().slice(0, 10);
}

/**
 * @throws InvalidInputError with a sentence and the field's path, for a date that does not exist, an unknown time zone, a
 *   reversed or too long period, a week that is not 7 days, nobody or too many people.
 */
export function assertReportRequest(
  request: Pick<ProductivityReportRequest, 'users' | 'startDate' | 'endDate' | 'timeZone' | 'weekly'>,
): void {
  const { users, startDate, endDate, timeZone, weekly } = request;
  assertDate('startDate', startDate);
  assertDate('endDate', endDate);
  if (!isTimeZone(timeZone)) reject('tz', 'tz must be an IANA time zone, for example Europe/Berlin');
  if (startDate > endDate) reject('startDate', '`startDate` must not be after `endDate`');
  const days = datesOf(startDate, endDate).length;
  if (days > MOST_DAYS) reject('endDate', `A report covers ${MOST_DAYS} days at most, not ${days}`);
  if (weekly && days !== WEEK_DAYS) reject('endDate', `A weekly report covers ${WEEK_DAYS} days, not ${days}`);
  if (users.length === 0) reject('users', 'At least one user is required');
  if (users.length > MOST_USERS) reject('users', `A report covers ${MOST_USERS} users at most, not ${users.length}`);
}

function assertDate(path: string, text: string): void {
  if (!DATE.test(text) || parseInstant(text) === null)
    reject(path, `\`${path}\` must be a date, for example 2025-11-19`);
}

function reject(path: string, message: string): never {
  throw new InvalidInputError(message, [{ path, message }]);
}
