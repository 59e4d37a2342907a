import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { placeholders } from '../../../../infra/sql/sql-dialect.js';

export const RAW_TABLES = ['usage_activities', 'usage_ai_calls'] as const;
export type RawTable = (typeof RAW_TABLES)[number];

/** The oldest of raw rows. Rollups do not follow: what they hold stays. */
@Injectable()
export class RawRowsRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /**
   * Deletes the oldest rows before an instant, about `limit` of them (more where many are of one millisecond). Returns
   * whether there may be others.
   */
  async deleteOldest(table: RawTable, before: number, limit: number): Promise<boolean> {
    const [last] = await this.query<{ occurred_at: string | number }>(
      `SELECT occurred_at FROM ${table} WHERE occurred_at < ? ORDER BY occurred_at LIMIT 1 OFFSET ?`,
      [before, limit - 1],
    );
    if (last === undefined) await this.query(`DELETE FROM ${table} WHERE occurred_at < ?`, [before]);
    else await this.query(`DELETE FROM ${table} WHERE occurred_at <= ?`, [Number(last.occurred_at)]);
    return last !== undefined;
  }

  private query<T>(sql: string, parameters: unknown[]): Promise<T[]> {
    return this.dataSource.query(placeholders(this.dataSource, sql), parameters);
  }
}
