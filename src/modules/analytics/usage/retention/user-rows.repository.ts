import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { rowsParameter, rowSource } from '../../../../infra/sql/row-source.js';
import { placeholders } from '../../../../infra/sql/sql-dialect.js';
import { QUARTER_MS } from '../quarter.js';

/** Where a page of rows ends. */
export interface RowKey {
  occurredAt: number;
  id: string;
}

export interface StoredActivity extends RowKey {
  action: string;
  sessionId: string | null;
  ipAddress: string | null;
  userAgent: string | null;
  metadata: string | null;
}

export interface StoredCall extends RowKey {
  model: string;
  provider: string;
  callType: string;
  responseUs: number;
  tokens: number;
  success: boolean;
  error: string | null;
}

type Row = Record<string, string | number | boolean | null>;

/** The raw rows of one user, by the user's number, in pages and in order of time. */
@Injectable()
export class UserRowsRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async listActivities(user: number, after: RowKey, limit: number): Promise<StoredActivity[]> {
    const rows = await this.query(
      `SELECT occurred_at, id, action, session_id, ip_address, user_agent, metadata FROM usage_activities
       WHERE user_id = ? AND (occurred_at, id) > (?, ?) ORDER BY occurred_at, id LIMIT ?`,
      [user, after.occurredAt, after.id, limit],
    );
    return rows.map((row) => ({
      occurredAt: Number(row.occurred_at),
      id: String(row.id),
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
      `SELECT c.occurred_at, c.id, s.model, s.provider, s.call_type, c.response_us, c.tokens, c.success, c.error
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
      model: String(row.model),
      provider: String(row.provider),
      callType: String(row.call_type),
      responseUs: Number(row.response_us),
      tokens: Number(row.tokens),
      success: Boolean(row.success),
      error: textOf(row.error),
    }));
  }

  async deleteActivities(user: number, keys: readonly RowKey[]): Promise<void> {
    const source = rowSource(this.dataSource, { occurred_at: 'bigint', id: 'text' });
    await this.query(
      `DELETE FROM usage_activities WHERE user_id = ? AND (occurred_at, id) IN (SELECT occurred_at, id FROM ${source} AS src)`,
      [user, keysParameter(keys)],
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
