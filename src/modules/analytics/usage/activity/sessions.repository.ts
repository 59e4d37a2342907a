import { Injectable } from '@nestjs/common';
import { joinEach, rowsParameter, rowSource } from '../../../../infra/sql/row-source.js';
import { rowsOf, type UsageTransaction } from '../usage-transaction.repository.js';
import type { Session } from './session-chain.js';

/** The new events of one user, first and last. Epoch milliseconds. */
export interface UserSpan {
  user: number;
  first: number;
  last: number;
}

/** Epoch milliseconds. */
export interface SessionStretch {
  user: number;
  from: number;
  toExclusive: number;
}

interface SessionRow {
  user_id: number;
  started_at: string | number;
  ordinal: number;
  ended_at: string | number;
  session_id: string | null;
  previous_ended_at: string | number;
}

const COLUMNS = 's.user_id, s.started_at, s.ordinal, s.ended_at, s.session_id, s.previous_ended_at';

/** Rows of `usage_sessions`. They stay when the activities that they were made of are pruned. */
@Injectable()
export class SessionsRepository {
  /**
   * The sessions around new events, by user and sorted: from the last that begins before the first event to the first
   * that begins after the last one.
   */
  async listAround(transaction: UsageTransaction, spans: readonly UserSpan[]): Promise<Map<number, Session[]>> {
    const source = rowSource(transaction.dataSource, { user_id: 'integer', first: 'bigint', last: 'bigint' });
    const rows = await rowsOf<SessionRow>(
      transaction,
      `SELECT ${COLUMNS} FROM ${source} AS src JOIN usage_sessions s ON s.user_id = src.user_id
       AND s.started_at >= COALESCE((SELECT MAX(b.started_at) FROM usage_sessions b
         WHERE b.user_id = src.user_id AND b.started_at < src."first"), src."first")
       AND s.started_at <= COALESCE((SELECT MIN(n.started_at) FROM usage_sessions n
         WHERE n.user_id = src.user_id AND n.started_at > src."last"), src."last")`,
      [rowsParameter(spans.map(({ user, first, last }) => [user, first, last]))],
    );
    return byUser(rows);
  }

  /** The sessions that begin in these stretches, by user and sorted. At most one stretch a user. */
  async listWithin(
    transaction: UsageTransaction,
    stretches: readonly SessionStretch[],
  ): Promise<Map<number, Session[]>> {
    const { dataSource } = transaction;
    const source = rowSource(dataSource, { user_id: 'integer', first: 'bigint', end: 'bigint' });
    const condition = 's.user_id = src.user_id AND s.started_at >= src."first" AND s.started_at < src."end"';
    const rows = await rowsOf<SessionRow>(
      transaction,
      `SELECT ${COLUMNS} FROM ${source} AS src ${joinEach(dataSource, 'usage_sessions', 's', condition)}`,
      [rowsParameter(stretches.map(({ user, from, toExclusive }) => [user, from, toExclusive]))],
    );
    return byUser(rows);
  }

  /** Of these users those who have a session that begins at the end of their stretch or later. */
  async listGoingOn(transaction: UsageTransaction, stretches: readonly SessionStretch[]): Promise<Set<number>> {
    const rows = await rowsOf<{ user_id: number }>(
      transaction,
      `SELECT src.user_id FROM ${rowSource(transaction.dataSource, { user_id: 'integer', end: 'bigint' })} AS src
       WHERE EXISTS (SELECT 1 FROM usage_sessions s WHERE s.user_id = src.user_id AND s.started_at >= src."end")`,
      [rowsParameter(stretches.map(({ user, toExclusive }) => [user, toExclusive]))],
    );
    return new Set(rows.map(({ user_id }) => Number(user_id)));
  }

  /** The beginning of a user's last session before an instant. */
  async findStartBefore(transaction: UsageTransaction, user: number, instant: number): Promise<number | null> {
    const [row] = await rowsOf<{ started_at: string | number | null }>(
      transaction,
      'SELECT MAX(started_at) AS started_at FROM usage_sessions WHERE user_id = ? AND started_at < ?',
      [user, instant],
    );
    return row === undefined || row.started_at === null ? null : Number(row.started_at);
  }

  async delete(transaction: UsageTransaction, sessions: readonly [user: number, session: Session][]): Promise<void> {
    if (sessions.length === 0) return;
    const source = rowSource(transaction.dataSource, { user_id: 'integer', started_at: 'bigint', ordinal: 'integer' });
    await rowsOf(
      transaction,
      `DELETE FROM usage_sessions WHERE (user_id, started_at, ordinal) IN (SELECT user_id, started_at, ordinal FROM ${source} AS src)`,
      [rowsParameter(sessions.map(([user, { startedAt, ordinal }]) => [user, startedAt, ordinal]))],
    );
  }

  async save(transaction: UsageTransaction, sessions: readonly [user: number, session: Session][]): Promise<void> {
    if (sessions.length === 0) return;
    const source = rowSource(transaction.dataSource, {
      user_id: 'integer',
      started_at: 'bigint',
      ordinal: 'integer',
      ended_at: 'bigint',
      session_id: 'text',
      previous_ended_at: 'bigint',
    });
    await rowsOf(
      transaction,
      `INSERT INTO usage_sessions (user_id, started_at, ordinal, ended_at, session_id, previous_ended_at)
       SELECT user_id, started_at, ordinal, ended_at, session_id, previous_ended_at FROM ${source} AS src WHERE true
       ON CONFLICT (user_id, started_at, ordinal) DO UPDATE SET ended_at = excluded.ended_at,
         session_id = excluded.session_id, previous_ended_at = excluded.previous_ended_at`,
      [
        rowsParameter(
          sessions.map(([user, session]) => [
            user,
            session.startedAt,
            session.ordinal,
            session.endedAt,
            session.sessionId,
            session.previousEndedAt,
          ]),
        ),
      ],
    );
  }
}

function byUser(rows: readonly SessionRow[]): Map<number, Session[]> {
  const sessions = new Map<number, Session[]>();
  for (const row of rows) {
    const user = Number(row.user_id);
    const others = sessions.get(user);
    if (others === undefined) sessions.set(user, [toSession(row)]);
    else others.push(toSession(row));
  }
  for (const list of sessions.values()) if (list.length > 1) list.sort(byStart);
  return sessions;
}

function toSession(row: SessionRow): Session {
  return {
    startedAt: Number(row.started_at),
    ordinal: Number(row.ordinal),
    endedAt: Number(row.ended_at),
    sessionId: row.session_id,
    previousEndedAt: Number(row.previous_ended_at),
  };
}

function byStart(a: Session, b: Session): number {
  return a.startedAt - b.startedAt || a.ordinal - b.ordinal;
}
