import { Injectable } from '@nestjs/common';
import { joinEach, rowsParameter, rowSource, type RowColumnType } from '../../../../infra/sql/row-source.js';
import { byEventId } from '../event-order.js';
import { DAY_MS } from '../quarter.js';
import { rowsOf, type UsageTransaction } from '../usage-transaction.repository.js';
import type { ActivityRow } from './activity-row.js';
import type { SessionEvent } from './session-chain.js';

const COLUMNS: Record<string, RowColumnType> = {
  user_id: 'integer',
  occurred_at: 'bigint',
  id: 'text',
  event_id: 'text',
  action: 'text',
  session_id: 'text',
  ip_address: 'text',
  user_agent: 'text',
  metadata: 'text',
  received_at: 'bigint',
  clamped: 'boolean',
};
const NAMES = Object.keys(COLUMNS).join(', ');

/** The day of UTC of an activity `a`, as the index has it. */
export const ACTIVITY_DAY = `a.occurred_at / ${DAY_MS}`;

/** A stretch of time of one user. Epoch milliseconds. */
export interface UserStretch {
  user: number;
  from: number;
  toExclusive: number;
  /** The days of UTC on which the user has rows; others are not looked at. */
  days: readonly number[];
}

interface EventRow {
  user_id: number;
  occurred_at: string | number;
  session_id: string | null;
}

/** Rows of `usage_activities`, as they were sent. */
@Injectable()
export class ActivitiesRepository {
  /**
   * Stores rows unless their `eventId` is there already. Returns the ids of those that were stored. In the order of `eventId`,
   * so that two who store the same wait for each other in one direction.
   * @param users the number of each user's name
   */
  async insert(
    transaction: UsageTransaction,
    rows: readonly ActivityRow[],
    users: ReadonlyMap<string, number>,
  ): Promise<Set<string>> {
    const source = rowSource(transaction.dataSource, COLUMNS);
    const stored = await rowsOf<{ id: string }>(
      transaction,
      `INSERT INTO usage_activities (${NAMES}) SELECT ${NAMES} FROM ${source} AS src WHERE true
       ON CONFLICT (event_id) DO NOTHING RETURNING id`,
      [rowsParameter(rows.toSorted(byEventId).map((row) => toValues(row, users.get(row.userId)!)))],
    );
    return new Set(stored.map(({ id }) => id));
  }

  /** The ids under which rows with these event ids are stored. */
  async findIds(transaction: UsageTransaction, eventIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await rowsOf<{ id: string; event_id: string }>(
      transaction,
      `SELECT a.id, a.event_id FROM ${rowSource(transaction.dataSource, { event_id: 'text' })} AS src
       JOIN usage_activities a ON a.event_id = src.event_id`,
      [rowsParameter(eventIds.map((eventId) => [eventId]))],
    );
    return new Map(rows.map((row) => [row.event_id, row.id]));
  }

  /** What happened in these stretches, by user, in no order. */
  async listEvents(
    transaction: UsageTransaction,
    stretches: readonly UserStretch[],
  ): Promise<Map<number, SessionEvent[]>> {
    const source = rowSource(transaction.dataSource, {
      day: 'bigint',
      user_id: 'integer',
      first: 'bigint',
      end: 'bigint',
    });
    const condition = `${ACTIVITY_DAY} = src.day AND a.user_id = src.user_id
      AND a.occurred_at >= src."first" AND a.occurred_at < src."end"`;
    const rows = await rowsOf<EventRow>(
      transaction,
      `SELECT a.user_id, a.occurred_at, a.session_id FROM ${source} AS src
       ${joinEach(transaction.dataSource, 'usage_activities', 'a', condition)}`,
      [
        rowsParameter(
          stretches.flatMap(({ user, from, toExclusive, days }) => days.map((day) => [day, user, from, toExclusive])),
        ),
      ],
    );
    const events = new Map<number, SessionEvent[]>();
    for (const row of rows) {
      const user = Number(row.user_id);
      const event = { at: Number(row.occurred_at), sessionId: row.session_id };
      const others = events.get(user);
      if (others === undefined) events.set(user, [event]);
      else others.push(event);
    }
    return events;
  }
}

function toValues(row: ActivityRow, user: number) {
  return [
    user,
    row.occurredAt,
    row.id,
    row.eventId,
    row.action,
    row.sessionId,
    row.ipAddress,
    row.userAgent,
    row.metadata,
    row.receivedAt,
    row.clamped,
  ];
}
