import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { placeholders } from '../../../../infra/sql/sql-dialect.js';
import { rowsParameter, rowSource } from '../../../../infra/sql/row-source.js';

/** `latency`: a model with a kind of call, of which response times are kept together. */
export type NameKind = 'user' | 'project' | 'call_type' | 'latency';

/** Rows of `usage_names`: a number for each name, for ever. */
@Injectable()
export class UsageNamesRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** @param manager the transaction of the caller, if there is one: on SQLite others would wait for its end. */
  async find(
    kind: NameKind,
    names: readonly string[],
    manager: EntityManager = this.dataSource.manager,
  ): Promise<Map<string, number>> {
    const rows: { id: number; name: string }[] = await this.query(
      manager,
      `SELECT n.id, n.name FROM ${this.source} AS src JOIN usage_names n ON n.kind = src.kind AND n.name = src.name`,
      [rowsParameter(names.map((name) => [kind, name]))],
    );
    return new Map(rows.map(({ id, name }) => [name, Number(id)]));
  }

  /** Gives numbers to names that have none. In order, so that two who do so for the same names do not block each other. */
  async create(kind: NameKind, names: readonly string[]): Promise<void> {
    await this.query(
      this.dataSource.manager,
      `INSERT INTO usage_names (kind, name) SELECT kind, name FROM ${this.source} AS src WHERE true
       ON CONFLICT (kind, name) DO NOTHING`,
      [rowsParameter([...names].sort().map((name) => [kind, name]))],
    );
  }

  /** What has this number from now on goes by another name, which nobody has. */
  async rename(id: number, name: string): Promise<void> {
    await this.query(this.dataSource.manager, 'UPDATE usage_names SET name = ? WHERE id = ?', [name, id]);
  }

  private get source(): string {
    return rowSource(this.dataSource, { kind: 'text', name: 'text' });
  }

  private query<T>(manager: EntityManager, sql: string, parameters: unknown[]): Promise<T[]> {
    return manager.query(placeholders(this.dataSource, sql), parameters);
  }
}
