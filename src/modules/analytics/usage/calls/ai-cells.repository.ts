import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { changeTogether, type TableChange } from '../../../../infra/sql/joint-changes.js';
import { rowsParameter, rowSource, type RowColumnType } from '../../../../infra/sql/row-source.js';
import { positionIn } from '../../../../infra/sql/sql-dialect.js';
import { rowsOf, type UsageTransaction } from '../usage-transaction.repository.js';
import type { AiDeltas, CallSums } from './ai-deltas.js';
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
/** Histograms are put one behind the other, and merged when so many characters stand behind the first. */
const LONGEST_TAIL = 800;

/** What is to be added to the tables of cells, as `rowsParameter` writes it. */
export interface AiCellChanges {
  cells: string;
  latencies: string;
  ownerCells: string;
  ownerBlocks: string;
  callers: string;
}

/** Takes a while for many calls; the database is not needed for it. */
export function aiCellChanges(deltas: AiDeltas): AiCellChanges {
  return {
    cells: rowsParameter(deltas.cells().map((cell) => [cell.level, cell.start, cell.series, ...sumValues(cell)])),
    latencies: rowsParameter(
      deltas.latencyCells().map(({ level, scope, start, histogram }) => [level, scope, start, histogram.encode()]),
    ),
    ownerCells: rowsParameter(
      deltas
        .ownerCells()
        .map((cell) => [cell.owner, cell.start, cell.series, ...sumValues(cell), cell.histogram.encode()]),
    ),
    ownerBlocks: rowsParameter(
      deltas.ownerBlocks().map((block) => [block.level, block.start, block.owner, block.series, ...sumValues(block)]),
    ),
    callers: rowsParameter(deltas.callerCells().map(({ level, start, owner, calls }) => [level, start, owner, calls])),
  };
}

/** Cells of AI calls: sums that every change is added to, and histograms. */
@Injectable()
export class AiCellsRepository {
  async add(transaction: UsageTransaction, changes: AiCellChanges): Promise<void> {
    const { dataSource } = transaction;
    const [latencies, ownerCells] = await changeTogether(transaction, [
      additionTo(dataSource, LATENCIES, changes.latencies),
      additionTo(dataSource, OWNER_CELLS, changes.ownerCells),
      additionTo(dataSource, CELLS, changes.cells),
      additionTo(dataSource, OWNER_BLOCKS, changes.ownerBlocks),
      additionTo(dataSource, CALLERS, changes.callers),
    ]);
    await this.mergeHistograms(transaction, LATENCIES, latencies!);
    await this.mergeHistograms(transaction, OWNER_CELLS, ownerCells!);
  }

  private async mergeHistograms(
    transaction: UsageTransaction,
    { table, keys }: CellTable,
    rows: readonly Record<string, string | number | null>[],
  ): Promise<void> {
    if (rows.length === 0) return;
    const names = Object.keys(keys);
    const merged = rows.map((row) => [...names.map((name) => Number(row[name])), mergedText(String(row.long))]);
    await rowsOf(
      transaction,
      `UPDATE ${table} SET buckets = src.buckets
       FROM ${rowSource(transaction.dataSource, { ...keys, buckets: 'text' })} AS src
       WHERE ${names.map((name) => `${table}.${name} = src.${name}`).join(' AND ')}`,
      [rowsParameter(merged)],
    );
  }
}

/** A table of cells: its primary key, the sums and, behind them, perhaps a histogram. */
interface CellTable {
  table: string;
  keys: Columns;
  sums: Columns;
  hasHistogram: boolean;
}

const LEVEL_AND_START: Columns = { level: 'integer', start: 'bigint' };
const CELLS: CellTable = {
  table: 'usage_ai_cells',
  keys: { ...LEVEL_AND_START, series_id: 'integer' },
  sums: SUM_TYPES,
  hasHistogram: false,
};
const LATENCIES: CellTable = {
  table: 'usage_ai_latencies',
  keys: { level: 'integer', scope_id: 'integer', start: 'bigint' },
  sums: {},
  hasHistogram: true,
};
const OWNER_CELLS: CellTable = {
  table: 'usage_ai_owner_cells',
  keys: { owner_id: 'integer', start: 'bigint', series_id: 'integer' },
  sums: SUM_TYPES,
  hasHistogram: true,
};
const OWNER_BLOCKS: CellTable = {
  table: 'usage_ai_owner_blocks',
  keys: { ...LEVEL_AND_START, owner_id: 'integer', series_id: 'integer' },
  sums: SUM_TYPES,
  hasHistogram: false,
};
const CALLERS: CellTable = {
  table: 'usage_ai_callers',
  keys: { ...LEVEL_AND_START, owner_id: 'integer' },
  sums: { calls: 'bigint' },
  hasHistogram: false,
};

/**
 * Adds rows to the cells that are there. A histogram is put behind those before it: to read and merge them takes longer than all
 * the rest of a write, so that is done for those that have become long, which are answered.
 */
function additionTo(dataSource: DataSource, { table, keys, sums, hasHistogram }: CellTable, rows: string): TableChange {
  const columns: Columns = { ...keys, ...sums, ...(hasHistogram ? { buckets: 'text' } : {}) };
  const names = Object.keys(columns).join(', ');
  const keyNames = Object.keys(keys);
  const additions = Object.keys(sums).map((name) => `${name} = ${table}.${name} + excluded.${name}`);
  if (hasHistogram) additions.push(`buckets = ${table}.buckets || '${SEPARATOR}' || excluded.buckets`);
  const sql = `INSERT INTO ${table} (${names}) SELECT ${names} FROM ${rowSource(dataSource, columns)} AS src WHERE true
     ON CONFLICT (${keyNames.join(', ')}) DO UPDATE SET ${additions.join(', ')}`;
  if (!hasHistogram) return { sql, parameters: [rows] };
  const separator = positionIn(dataSource, 'buckets', SEPARATOR);
  const isLong = `${separator} > 0 AND LENGTH(buckets) - ${separator} > ${LONGEST_TAIL}`;
  return {
    sql: `${sql} RETURNING ${keyNames.join(', ')}, CASE WHEN ${isLong} THEN buckets END AS long`,
    parameters: [rows],
    answer: { columns: [...keyNames, 'long'], required: 'long' },
  };
}

function mergedText(text: string): string {
  const histogram = new LatencyHistogram();
  histogram.addEncoded(text);
  return histogram.encode();
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
