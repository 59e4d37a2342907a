import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource } from 'typeorm';
import { placeholders } from '../../../../infra/sql/sql-dialect.js';
import { rowsParameter, rowSource } from '../../../../infra/sql/row-source.js';

/** `latency`: a model with a kind of call, of which response times are kept together. */
export type NameKind = 'user' | 'project' | 'call_type' | 'latency';

/** Rows of `usage_names`: a number for each name, for ever. */
@Injectable()
export class UsageNamesRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async find(kind: NameKind, names: readonly string[]): Promise<Map<string, number>> {
    const rows: { id: number; name: string }[] = await this.query(
      `SELECT n.id, n.name FROM ${this.source} AS src JOIN usage_names n ON n.kind = src.kind AND n.name = src.name`,
      [rowsParameter(names.map((name) => [kind, name]))],
    );
    return new Map(rows.map(({ id, name }) => [name, Number(id)]));
  }

  /** Gives numbers to names that have none. In order, so that two who do so for the same names do not block each other. */
  async create(kind: NameKind, names: readonly string[]): Promise<void> {
    await this.query(
      `INSERT INTO usage_names (kind, name) SELECT kind, name FROM ${this.source} AS src WHERE true
       ON CONFLICT (kind, name) DO NOTHING`,
      [rowsParameter([...names].sort().map((name) => [kind, name]))],
    );
  }

  async list(ids: readonly number[]): Promise<Map<number, string>> {
    const source = rowSource(this.dataSource, { id: 'integer' });
    const rows: { id: number; name: string }[] = await this.query(
      `SELECT n.id, n.name FROM ${source} AS src JOIN usage_names n ON n.id = src.id`,
      [rowsParameter(ids.map((id) => [id]))],
    );
    return new Map(rows.map(({ id, name }) => [Number(id), name]));
  }

  /** What has this number from now on goes by another name, which nobody has. */
  async rename(id: number, name: string): Promise<void> {
    await this.query('UPDATE usage_names SET name = ? WHERE id = ?', [name, id]);
  }

  private get source(): string {
    return rowSource(this.dataSource, { kind: 'text', name: 'text' });
  }

  private query<T>(sql: string, parameters: unknown[]): Promise<T[]> {
    return this.dataSource.query(placeholders(this.dataSource, sql), parameters);
  }
}
