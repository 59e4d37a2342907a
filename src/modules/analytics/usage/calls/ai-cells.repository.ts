import { Injectable } from '@nestjs/common';
import { rowsParameter, rowSource, type RowColumnType, type RowValue } from '../../../../infra/sql/row-source.js';
import { rowsOf, type UsageTransaction } from '../usage-transaction.repository.js';
import type { AiDeltas, CallSums, LatencyCell, OwnerCell } from './ai-deltas.js';
import { LatencyHistogram, SEPARATOR } from './latency-histogram.js';

type Columns = Record<string, RowColumnType>;

export const SUM_COLUMNS = [
  'calls',
  'errors',
  'response_us',
  'tokens',
  'input_tokens',
  'cached_tokens',
  'output_tokens',
  'reasoning_tokens',
] as const;
const SUM_TYPES: Columns = Object.fromEntries(SUM_COLUMNS.map((name) => [name, 'bigint' as const]));
/** Histograms of single users are put one behind the other until they are as long as this, then merged. */
const LONGEST_TEXT = 3000;

/** Cells of AI calls: sums that every change is added to, and histograms. */
@Injectable()
export class AiCellsRepository {
  async add(transaction: UsageTransaction, deltas: AiDeltas): Promise<void> {
    await this.addSums(
      transaction,
      'usage_ai_cells',
      { level: 'integer', start: 'bigint', series_id: 'integer' },
      deltas.cells().map((cell) => [cell.level, cell.start, cell.series, ...sumValues(cell)]),
    );
    await this.addLatencies(transaction, deltas.latencyCells());
    await this.addOwnerCells(transaction, deltas.ownerCells());
    await this.addSums(
      transaction,
      'usage_ai_owner_blocks',
      { level: 'integer', start: 'bigint', owner_id: 'integer', series_id: 'integer' },
      deltas.ownerBlocks().map((block) => [block.level, block.start, block.owner, block.series, ...sumValues(block)]),
    );
  }

  private async addSums(
    transaction: UsageTransaction,
    table: string,
    keys: Columns,
    rows: readonly RowValue[][],
  ): Promise<void> {
    const columns = { ...keys, ...SUM_TYPES };
    const names = Object.keys(columns).join(', ');
    await rowsOf(
      transaction,
      `INSERT INTO ${table} (${names})
       SELECT ${names} FROM ${rowSource(transaction.dataSource, columns)} AS src WHERE true
       ON CONFLICT (${Object.keys(keys).join(', ')}) DO UPDATE SET ${additions(table)}`,
      [rowsParameter(rows)],
    );
  }

  /** Only one transaction at a time writes here, so what is read stays true until it is written. */
  private async addLatencies(transaction: UsageTransaction, cells: readonly LatencyCell[]): Promise<void> {
    const keys: Columns = { level: 'integer', scope_id: 'integer', start: 'bigint' };
    const stored = await rowsOf<{ i: string | number; buckets: string }>(
      transaction,
      `SELECT src.i, l.buckets FROM ${rowSource(transaction.dataSource, { ...keys, i: 'integer' })} AS src
       JOIN usage_ai_latencies l ON l.level = src.level AND l.scope_id = src.scope_id AND l.start = src.start`,
      [rowsParameter(cells.map(({ level, scope, start }, i) => [level, scope, start, i]))],
    );
    for (const { i, buckets } of stored) cells[Number(i)]!.histogram.addEncoded(buckets);
    await rowsOf(
      transaction,
      `INSERT INTO usage_ai_latencies (level, scope_id, start, buckets)
       SELECT level, scope_id, start, buckets FROM ${rowSource(transaction.dataSource, { ...keys, buckets: 'text' })} AS src
       WHERE true ON CONFLICT (level, scope_id, start) DO UPDATE SET buckets = excluded.buckets`,
      [rowsParameter(cells.map(({ level, scope, start, histogram }) => [level, scope, start, histogram.encode()]))],
    );
  }

  private async addOwnerCells(transaction: UsageTransaction, cells: readonly OwnerCell[]): Promise<void> {
    const columns: Columns = {
      owner_id: 'integer',
      start: 'bigint',
      series_id: 'integer',
      ...SUM_TYPES,
      buckets: 'text',
    };
    const names = Object.keys(columns).join(', ');
    const table = 'usage_ai_owner_cells';
    const rows = await rowsOf<{ owner_id: number; start: string | number; series_id: number; length: number }>(
      transaction,
      `INSERT INTO ${table} (${names})
       SELECT ${names} FROM ${rowSource(transaction.dataSource, columns)} AS src WHERE true
       ON CONFLICT (owner_id, start, series_id) DO UPDATE SET ${additions(table)},
         buckets = ${table}.buckets || '${SEPARATOR}' || excluded.buckets
       RETURNING owner_id, start, series_id, LENGTH(buckets) AS length`,
      [
        rowsParameter(
          cells.map((cell) => [cell.owner, cell.start, cell.series, ...sumValues(cell), cell.histogram.encode()]),
        ),
      ],
    );
    const long = rows.filter(({ length }) => Number(length) > LONGEST_TEXT);
    for (const row of long) {
      await this.mergeHistograms(transaction, [Number(row.owner_id), Number(row.start), Number(row.series_id)]);
    }
  }

  private async mergeHistograms(transaction: UsageTransaction, key: readonly number[]): Promise<void> {
    const where = 'WHERE owner_id = ? AND start = ? AND series_id = ?';
    const [row] = await rowsOf<{ buckets: string }>(transaction, `SELECT buckets FROM usage_ai_owner_cells ${where}`, [
      ...key,
    ]);
    const histogram = new LatencyHistogram();
    histogram.addEncoded(row!.buckets);
    await rowsOf(transaction, `UPDATE usage_ai_owner_cells SET buckets = ? ${where}`, [histogram.encode(), ...key]);
  }
}

function additions(table: string): string {
  return SUM_COLUMNS.map((name) => `${name} = ${table}.${name} + excluded.${name}`).join(', ');
}

function sumValues(sums: CallSums): number[] {
  return [
    sums.calls,
    sums.errors,
    sums.responseUs,
    sums.tokens,
    sums.inputTokens,
    sums.cachedTokens,
    sums.outputTokens,
    sums.reasoningTokens,
  ];
}
