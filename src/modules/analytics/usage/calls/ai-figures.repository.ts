import { Injectable } from '@nestjs/common';
import type { Span } from '../../../../common/time/calendar.js';
import { binaryOrder } from '../../../../infra/sql/sql-dialect.js';
import { rowsParameter, rowSource } from '../../../../infra/sql/row-source.js';
import { rowsOf, type UsageTransaction } from '../usage-transaction.repository.js';
import { SUM_COLUMNS } from './ai-cells.repository.js';
import type { CallSums } from './ai-deltas.js';
import { BLOCK_LEVELS, CELL_LEVELS, cellRanges } from './call-blocks.js';

/** Which calls: all when nothing is said. */
export interface CallFilter {
  model?: string;
  callType?: string;
  /** Number of a user or a project. */
  owner?: number;
}

/** Sums of the calls of one series in one of the spans. */
export interface SeriesSums extends CallSums {
  /** Position in the list of spans. */
  span: number;
  series: number;
}

export interface OwnerSums extends SeriesSums {
  owner: number;
}

export interface RankedOwner {
  owner: number;
  name: string;
  calls: number;
}

type SumRow = Record<(typeof SUM_COLUMNS)[number] | 'span' | 'series_id' | 'owner_id', string | number>;

const SUMS = SUM_COLUMNS.map((name) => `SUM(c.${name}) AS ${name}`).join(', ');
const DAY_LEVEL = BLOCK_LEVELS[0]!;

/** What rollups of AI calls say. Spans begin and end on whole quarters of an hour. */
@Injectable()
export class AiFiguresRepository {
  /** @returns one row for each span and series with calls, in no order. */
  async sums(transaction: UsageTransaction, spans: readonly Span[], filter: CallFilter): Promise<SeriesSums[]> {
    const { owner } = filter;
    const levels = owner === undefined ? CELL_LEVELS : CELL_LEVELS.slice(0, 1);
    const cells =
      owner === undefined
        ? 'CROSS JOIN usage_ai_cells c WHERE c.level = src.level AND'
        : 'CROSS JOIN usage_ai_owner_cells c WHERE c.owner_id = ? AND';
    const series = seriesCondition(filter);
    const rows = await rowsOf<SumRow>(
      transaction,
      `SELECT src.span, c.series_id, ${SUMS} FROM ${rangeSource(transaction)} AS src
       ${cells} c.start >= src."first" AND c.start < src."end" ${series.sql}
       GROUP BY src.span, c.series_id`,
      [rangesParameter(spans, levels), ...(owner === undefined ? [] : [owner]), ...series.parameters],
    );
    return rows.map(toSeriesSums);
  }

  /** Texts of histograms that lie in each span: `LatencyHistogram.addEncoded` reads them. */
  async histograms(
    transaction: UsageTransaction,
    spans: readonly Span[],
    scopes: readonly number[],
  ): Promise<{ span: number; text: string }[]> {
    if (scopes.length === 0) return [];
    const rows = await rowsOf<{ span: string | number; buckets: string }>(
      transaction,
      `SELECT src.span, l.buckets FROM ${rangeSource(transaction)} AS src
       CROSS JOIN ${rowSource(transaction.dataSource, { id: 'integer' })} AS scope
       CROSS JOIN usage_ai_latencies l WHERE l.level = src.level AND l.scope_id = scope.id
         AND l.start >= src."first" AND l.start < src."end"`,
      [rangesParameter(spans, CELL_LEVELS), rowsParameter(scopes.map((scope) => [scope]))],
    );
    return rows.map(({ span, buckets }) => ({ span: Number(span), text: buckets }));
  }

  /** The same for the calls of one user or project. */
  async ownerHistograms(
    transaction: UsageTransaction,
    spans: readonly Span[],
    filter: CallFilter & { owner: number },
  ): Promise<{ span: number; text: string }[]> {
    const series = seriesCondition(filter);
    const rows = await rowsOf<{ span: string | number; buckets: string }>(
      transaction,
      `SELECT src.span, c.buckets FROM ${rangeSource(transaction)} AS src
       CROSS JOIN usage_ai_owner_cells c WHERE c.owner_id = ? AND c.start >= src."first" AND c.start < src."end" ${series.sql}`,
      [rangesParameter(spans, CELL_LEVELS.slice(0, 1)), filter.owner, ...series.parameters],
    );
    return rows.map(({ span, buckets }) => ({ span: Number(span), text: buckets }));
  }

  /** The numbers of all kinds of calls. */
  async listCallTypes(transaction: UsageTransaction): Promise<number[]> {
    const rows = await rowsOf<{ id: number }>(transaction, "SELECT id FROM usage_names WHERE kind = 'call_type'", []);
    return rows.map(({ id }) => Number(id));
  }

  /** The users with most calls in a span, equal counts by name. */
  async topUsers(transaction: UsageTransaction, span: Span, limit: number): Promise<RankedOwner[]> {
    const edges = dayEdges(span);
    const rows = await rowsOf<{ owner_id: number; name: string; calls: string | number }>(
      transaction,
      `SELECT t.owner_id, n.name, t.calls FROM (
         SELECT owner_id, SUM(calls) AS calls FROM (
           SELECT c.owner_id, c.calls FROM ${rangeSource(transaction)} AS src
           CROSS JOIN usage_ai_owner_blocks c WHERE c.level = src.level AND c.start >= src."first" AND c.start < src."end"
           UNION ALL
           SELECT c.owner_id, c.calls FROM ${rowSource(transaction.dataSource, EDGE)} AS src
           CROSS JOIN usage_ai_owner_blocks d CROSS JOIN usage_ai_owner_cells c
           WHERE d.level = ${DAY_LEVEL} AND d.start = src."day" AND c.owner_id = d.owner_id AND c.series_id = d.series_id
             AND c.start >= src."first" AND c.start < src."end"
         ) AS parts GROUP BY owner_id
       ) AS t JOIN usage_names n ON n.id = t.owner_id
       ORDER BY t.calls DESC, ${binaryOrder(transaction.dataSource, 'n.name')} LIMIT ?`,
      [rangesParameter([wholeDays(span)], BLOCK_LEVELS), rowsParameter(edges), limit],
    );
    return rows.map(({ owner_id, name, calls }) => ({ owner: Number(owner_id), name, calls: Number(calls) }));
  }

  /** What these users did in each span, by series. */
  async sumsOfUsers(
    transaction: UsageTransaction,
    spans: readonly Span[],
    users: readonly number[],
  ): Promise<OwnerSums[]> {
    if (users.length === 0) return [];
    const owners = `CROSS JOIN ${rowSource(transaction.dataSource, { id: 'integer' })} AS owner`;
    const ids = rowsParameter(users.map((user) => [user]));
    const source = rowSource(transaction.dataSource, { span: 'integer', level: 'integer', start: 'bigint' });
    const whole = await rowsOf<SumRow>(
      transaction,
      `SELECT src.span, c.owner_id, c.series_id, ${SUMS} FROM ${source} AS src ${owners}
       CROSS JOIN usage_ai_owner_blocks c WHERE c.level = src.level AND c.start = src.start AND c.owner_id = owner.id
       GROUP BY src.span, c.owner_id, c.series_id`,
      [startsParameter(spans.map(wholeDays)), ids],
    );
    const edges = await rowsOf<SumRow>(
      transaction,
      `SELECT src.span, c.owner_id, c.series_id, ${SUMS}
       FROM ${rowSource(transaction.dataSource, { span: 'integer', ...EDGE })} AS src ${owners}
       CROSS JOIN usage_ai_owner_cells c WHERE c.owner_id = owner.id AND c.start >= src."first" AND c.start < src."end"
       GROUP BY src.span, c.owner_id, c.series_id`,
      [rowsParameter(spans.flatMap((span, i) => dayEdges(span).map((edge) => [i, ...edge]))), ids],
    );
    return [...whole, ...edges].map((row) => ({ ...toSeriesSums(row), owner: Number(row.owner_id) }));
  }
}

const EDGE = { day: 'bigint', first: 'bigint', end: 'bigint' } as const;
const DAY_MS = DAY_LEVEL * 60_000;

function rangeSource(transaction: UsageTransaction): string {
  return rowSource(transaction.dataSource, { span: 'integer', level: 'integer', first: 'bigint', end: 'bigint' });
}

function rangesParameter(spans: readonly Span[], levels: readonly number[]): string {
  return rowsParameter(
    spans.flatMap((span, i) =>
      cellRanges(span, levels).map(({ level, from, toExclusive }) => [i, level, from, toExclusive]),
    ),
  );
}

/** Each cell by itself: of few users, each is found by its key. */
function startsParameter(spans: readonly Span[]): string {
  return rowsParameter(
    spans.flatMap((span, i) =>
      cellRanges(span, BLOCK_LEVELS).flatMap(({ level, from, toExclusive }) => {
        const length = level * 60_000;
        const cells = Math.round((toExclusive - from) / length);
        return Array.from({ length: cells }, (_, n) => [i, level, from + n * length]);
      }),
    ),
  );
}

/** The whole days of UTC within a span. */
function wholeDays({ from, toExclusive }: Span): Span {
  return { from: Math.ceil(from / DAY_MS) * DAY_MS, toExclusive: Math.floor(toExclusive / DAY_MS) * DAY_MS };
}

/** What a span has beyond these: each part with the day in which it lies. */
function dayEdges(span: Span): number[][] {
  const whole = wholeDays(span);
  const parts =
    whole.from > whole.toExclusive
      ? [span]
      : [
          { from: span.from, toExclusive: whole.from },
          { from: whole.toExclusive, toExclusive: span.toExclusive },
        ];
  return parts
    .filter(({ from, toExclusive }) => from < toExclusive)
    .map(({ from, toExclusive }) => [Math.floor(from / DAY_MS) * DAY_MS, from, toExclusive]);
}

function seriesCondition({ model, callType }: CallFilter): { sql: string; parameters: string[] } {
  const conditions = [
    ...(model === undefined ? [] : ['model = ?']),
    ...(callType === undefined ? [] : ['call_type = ?']),
  ];
  if (conditions.length === 0) return { sql: '', parameters: [] };
  return {
    sql: `AND c.series_id IN (SELECT id FROM usage_series WHERE ${conditions.join(' AND ')})`,
    parameters: [model, callType].filter((value) => value !== undefined),
  };
}

function toSeriesSums(row: SumRow): SeriesSums {
  return {
    span: Number(row.span),
    series: Number(row.series_id),
    calls: Number(row.calls),
    errors: Number(row.errors),
    responseUs: Number(row.response_us),
    tokens: Number(row.tokens),
    inputTokens: Number(row.input_tokens),
    cachedTokens: Number(row.cached_tokens),
    outputTokens: Number(row.output_tokens),
    reasoningTokens: Number(row.reasoning_tokens),
  };
}
