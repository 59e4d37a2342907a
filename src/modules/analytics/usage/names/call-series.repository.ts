import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, type EntityManager } from 'typeorm';
import { placeholders } from '../../../../infra/sql/sql-dialect.js';
import { rowsParameter, rowSource, type RowColumnType } from '../../../../infra/sql/row-source.js';
import type { CallSeries } from '../calls/call-series.js';

export interface NumberedSeries extends CallSeries {
  id: number;
}

interface SeriesRow {
  id: number;
  provider: string;
  model: string;
  call_type: string;
  split: number;
  input_above: string | number;
}

const COLUMNS: Record<string, RowColumnType> = {
  provider: 'text',
  model: 'text',
  call_type: 'text',
  split: 'integer',
  input_above: 'bigint',
};
const NAMES = Object.keys(COLUMNS);
const SELECT = 'SELECT s.id, s.provider, s.model, s.call_type, s.split, s.input_above FROM usage_series s';

/** Rows of `usage_series`: a number for each kind of call, for ever. */
@Injectable()
export class CallSeriesRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  async find(series: readonly CallSeries[]): Promise<NumberedSeries[]> {
    const source = rowSource(this.dataSource, COLUMNS);
    return this.query(
      this.dataSource.manager,
      `${SELECT} JOIN ${source} AS src ON ${NAMES.map((name) => `s.${name} = src.${name}`).join(' AND ')}`,
      [rowsParameter(series.map(toValues))],
    );
  }

  /** In order, so that two who create the same do not block each other. */
  async create(series: readonly CallSeries[]): Promise<void> {
    const rows = series.map(toValues).sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
    await this.dataSource.query(
      placeholders(
        this.dataSource,
        `INSERT INTO usage_series (${NAMES.join(', ')}) SELECT ${NAMES.join(', ')}
         FROM ${rowSource(this.dataSource, COLUMNS)} AS src WHERE true
         ON CONFLICT (${NAMES.join(', ')}) DO NOTHING`,
      ),
      [rowsParameter(rows)],
    );
  }

  async list(manager: EntityManager, ids: readonly number[]): Promise<NumberedSeries[]> {
    const source = rowSource(this.dataSource, { id: 'integer' });
    return this.query(manager, `${SELECT} JOIN ${source} AS src ON src.id = s.id`, [
      rowsParameter(ids.map((id) => [id])),
    ]);
  }

  async listAll(): Promise<NumberedSeries[]> {
    return this.query(this.dataSource.manager, SELECT, []);
  }

  async listModels(manager: EntityManager, limit: number): Promise<string[]> {
    const sql = placeholders(this.dataSource, 'SELECT DISTINCT model FROM usage_series LIMIT ?');
    const rows: { model: string }[] = await manager.query(sql, [limit]);
    return rows.map(({ model }) => model);
  }

  /** The kinds of call under which this model was called. */
  async listCallTypes(manager: EntityManager, model: string): Promise<string[]> {
    const rows: { call_type: string }[] = await manager.query(
      placeholders(this.dataSource, 'SELECT DISTINCT call_type FROM usage_series WHERE model = ?'),
      [model],
    );
    return rows.map((row) => row.call_type);
  }

  private async query(manager: EntityManager, sql: string, parameters: unknown[]): Promise<NumberedSeries[]> {
    const rows: SeriesRow[] = await manager.query(placeholders(this.dataSource, sql), parameters);
    return rows.map((row) => ({
      id: Number(row.id),
      provider: row.provider,
      model: row.model,
      callType: row.call_type,
      split: Number(row.split),
      inputAbove: Number(row.input_above),
    }));
  }
}

function toValues({ provider, model, callType, split, inputAbove }: CallSeries): (string | number)[] {
  return [provider, model, callType, split, inputAbove];
}
