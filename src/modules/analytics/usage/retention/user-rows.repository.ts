import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { rowsParameter, rowSource } from '../../../../infra/sql/row-source.js';
import { placeholders } from '../../../../infra/sql/sql-dialect.js';
import { ACTIVITY_DAY } from '../activity/activities.repository.js';
import { QUARTER_MS, utcDaysOf } from '../quarter.js';

/** Where a page of rows ends. */
export interface RowKey {
  occurredAt: number;
  id: string;
}

export interface StoredActivity extends RowKey {
  eventId: string | null;
  receivedAt: number;
  action: string;
  sessionId: string | null;
  ipAddress: string | null;
  userAgent: string | null;
  metadata: string | null;
}

export interface StoredCall extends RowKey {
  eventId: string | null;
  project: string | null;
  receivedAt: number;
  model: string;
  provider: string;
  callType: string;
  responseUs: number;
  tokens: number;
  inputTokens: number | null;
  cachedInputTokens: number | null;
  outputTokens: number | null;
  reasoningTokens: number | null;
  success: boolean;
  error: string | null;
}

type Row = Record<string, string | number | boolean | null>;

/** The raw rows of one user, by the user's number, in pages and in order of time. */
@Injectable()
export class UserRowsRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** They have no index by user but one by day and user, so they are read day by day. */
  async listActivities(user: number, after: RowKey, limit: number): Promise<StoredActivity[]> {
    const found: StoredActivity[] = [];
    for (const day of await this.listActiveDays(user, after)) {
      found.push(...(await this.listActivitiesOfDay(user, day, after, limit - found.length)));
      if (found.length === limit) break;
    }
    return found;
  }

  /** The days of UTC on which the user has rows after a key, in order. */
  private async listActiveDays(user: number, after: RowKey): Promise<number[]> {
    const [times] = await this.query(
      'SELECT MIN(occurred_at) AS "first", MAX(occurred_at) AS "last" FROM usage_activities',
      [],
    );
    if (times === undefined || times.first === null) return [];
    const span = { from: Math.max(Number(times.first), after.occurredAt), toExclusive: Number(times.last) + 1 };
    const rows = await this.query(
      `SELECT src.day FROM ${rowSource(this.dataSource, { day: 'bigint' })} AS src WHERE EXISTS (
         SELECT 1 FROM usage_activities a
         WHERE ${ACTIVITY_DAY} = src.day AND a.user_id = ? AND (a.occurred_at, a.id) > (?, ?)
       ) ORDER BY src.day`,
      [rowsParameter(utcDaysOf(span).map((day) => [day])), user, after.occurredAt, after.id],
    );
    return rows.map(({ day }) => Number(day));
  }

  private async listActivitiesOfDay(
    user: number,
    day: number,
    after: RowKey,
    limit: number,
  ): Promise<StoredActivity[]> {
    const rows = await this.query(
      `SELECT a.occurred_at, a.id, a.event_id, a.action, a.session_id, a.ip_address, a.user_agent, a.metadata, a.received_at
       FROM usage_activities a
       WHERE ${ACTIVITY_DAY} = ? AND a.user_id = ? AND (a.occurred_at, a.id) > (?, ?)
       ORDER BY a.occurred_at, a.id LIMIT ?`,
      [day, user, after.occurredAt, after.id, limit],
    );
    return rows.map((row) => ({
      occurredAt: Number(row.occurred_at),
      id: String(row.id),
      eventId: textOf(row.event_id),
      receivedAt: Number(row.received_at),
      action: String(row.action),
      sessionId: textOf(row.session_id),
      ipAddress: textOf(row.ip_address),
      userAgent: textOf(row.user_agent),
      metadata: textOf(row.metadata),
    }));
  }

  /** Calls have no index by user: the user's cells say in which quarters of an hour there are some. */
  async listCalls(user: number, after: RowKey, limit: number): Promise<StoredCall[]> {
    const rows = await this.query(
      `SELECT c.occurred_at, c.id, c.event_id, c.received_at, s.model, s.provider, s.call_type, c.response_us, c.tokens,
         c.input_tokens, c.cached_input_tokens, c.output_tokens, c.reasoning_tokens, c.success, c.error,
         (SELECT name FROM usage_names WHERE id = c.project_id) AS project
       FROM (SELECT DISTINCT start FROM usage_ai_owner_cells WHERE owner_id = ? AND start > ?) AS cell
       CROSS JOIN usage_ai_calls c CROSS JOIN usage_series s
       WHERE c.occurred_at >= cell.start AND c.occurred_at < cell.start + ${QUARTER_MS} AND c.user_id = ?
         AND (c.occurred_at, c.id) > (?, ?) AND s.id = c.series_id
       ORDER BY c.occurred_at, c.id LIMIT ?`,
      [user, after.occurredAt - QUARTER_MS, user, after.occurredAt, after.id, limit],
    );
    return rows.map((row) => ({
      occurredAt: Number(row.occurred_at),
      id: String(row.id),
      eventId: textOf(row.event_id),
      project: textOf(row.project),
      receivedAt: Number(row.received_at),
      model: String(row.model),
      provider: String(row.provider),
      callType: String(row.call_type),
      responseUs: Number(row.response_us),
      tokens: Number(row.tokens),
      inputTokens: numberOf(row.input_tokens),
      cachedInputTokens: numberOf(row.cached_input_tokens),
      outputTokens: numberOf(row.output_tokens),
      reasoningTokens: numberOf(row.reasoning_tokens),
      success: Boolean(row.success),
      error: textOf(row.error),
    }));
  }

  async deleteActivities(keys: readonly RowKey[]): Promise<void> {
    const source = rowSource(this.dataSource, { occurred_at: 'bigint', id: 'text' });
    await this.query(
      `DELETE FROM usage_activities WHERE (occurred_at, id) IN (SELECT occurred_at, id FROM ${source} AS src)`,
      [keysParameter(keys)],
    );
  }

  async deleteCalls(keys: readonly RowKey[]): Promise<void> {
    const source = rowSource(this.dataSource, { occurred_at: 'bigint', id: 'text' });
    await this.query(
      `DELETE FROM usage_ai_calls WHERE (occurred_at, id) IN (SELECT occurred_at, id FROM ${source} AS src)`,
      [keysParameter(keys)],
    );
  }

  /** The client's own names of sessions may tell whose they were. */
  async forgetSessionIds(user: number): Promise<void> {
    await this.query('UPDATE usage_sessions SET session_id = NULL WHERE user_id = ? AND session_id IS NOT NULL', [
      user,
    ]);
  }

  private query(sql: string, parameters: unknown[]): Promise<Row[]> {
    return this.dataSource.query(placeholders(this.dataSource, sql), parameters);
  }
}

function keysParameter(keys: readonly RowKey[]): string {
  return rowsParameter(keys.map(({ occurredAt, id }) => [occurredAt, id]));
}

function textOf(value: Row[string] | undefined): string | null {
  return value === null || value === undefined ? null : String(value);
}

function numberOf(value: Row[string] | undefined): number | null {
  return value === null || value === undefined ? null : Number(value);
}
