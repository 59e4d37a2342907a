import { createHash } from 'node:crypto';
import type { TaskRequest } from './report-task-row.js';

/** The same for the same request; the order of the users is part of it, since the report keeps it. */
export function requestHash(request: TaskRequest, hasOwnKey: boolean): string {
  const { org, users, startDate, endDate, timeZone, weekly, accountId, orgId } = request;
  return hashOf([
    org,
    users.map(({ name, id }) => [name, id ?? null]),
    startDate,
    endDate,
    timeZone,
    weekly,
    accountId ?? null,
    orgId ?? null,
    hasOwnKey,
  ]);
}

/** Of a value that is written as JSON: no choice of parts can look like another. */
export function hashOf(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
