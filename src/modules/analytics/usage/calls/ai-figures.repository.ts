import { Injectable } from '@nestjs/common';
import type { Span } from '../../../../common/time/calendar.js';
import { binaryOrder, joinedTexts } from '../../../../infra/sql/sql-dialect.js';
import { joinEach, rowsParameter, rowSource } from '../../../../infra/sql/row-source.js';
import { rowsOf, type UsageTransaction } from '../usage-transaction.repository.js';
import { SUM_COLUMNS } from './ai-cells.repository.js';
import type { CallSums } from './ai-deltas.js';
import {
  BLOCK_LEVELS,
  BOUND_LEVELS,
  CALLER_LEVELS,
  CELL_LEVELS,
  cellRanges,
  cellStarts,
  restOf,
  wholeCells,
} from './call-blocks.js';
import { SEPARATOR } from './latency-histogram.js';

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

/** Histograms of a span as a text that `LatencyHistogram.addEncoded` reads; a span may have several. */
export interface SpanText {
  span: number;
  text: string;
}

type SumRow = Record<(typeof SUM_COLUMNS)[number] | 'span' | 'series_id' | 'owner_id' | 'buckets', string | number>;

const SUMS = SUM_COLUMNS.map((name) => `SUM(c.${name}) AS ${name}`).join(', ');
const WITHIN = 'c.start >= src."first" AND c.start < src."end"';
const DAY_LEVEL = BLOCK_LEVELS[0]!;

/** What rollups of AI calls say. Spans begin and end on whole quarters of an hour. */
@Injectable()
export class AiFiguresRepository {
  /** @returns one row for each span and series with calls, in no order. */
  async sums(transaction: UsageTransaction, spans: readonly Span[], filter: CallFilter): Promise<SeriesSums[]> {
    const { owner, ...kinds } = filter;
    const rows =
      owner === undefined
        ? await this.listSums(transaction, spans, kinds)
        : await this.listOwnerSums(transaction, spans, { ...kinds, owner }, SUMS);
    return rows.map(toSeriesSums);
  }

  /** The same for the calls of one user or project, with the histograms that lie in each span. */
  async ownerFigures(
    transaction: UsageTransaction,
    spans: readonly Span[],
    filter: CallFilter & { owner: number },
  ): Promise<{ sums: SeriesSums[]; histograms: SpanText[] }> {
    // One way through the cells: of a year of a user who calls all the time there are tens of thousands.
    const buckets = joinedTexts(transaction.dataSource, 'c.buckets', SEPARATOR);
    const rows = await this.listOwnerSums(transaction, spans, filter, `${SUMS}, ${buckets} AS buckets`);
    const histograms = rows.map(({ span, buckets: text }) => ({ span: Number(span), text: String(text) }));
    return { sums: rows.map(toSeriesSums), histograms };
  }

  private listSums(transaction: UsageTransaction, spans: readonly Span[], filter: CallFilter): Promise<SumRow[]> {
    const series = seriesCondition(filter);
    return rowsOf<SumRow>(
      transaction,
      `SELECT src.span, c.series_id, ${SUMS} FROM ${rangeSource(transaction)} AS src
       ${joinEach(transaction.dataSource, 'usage_ai_cells', 'c', `c.level = src.level AND ${WITHIN} ${series.sql}`)}
       GROUP BY src.span, c.series_id`,
      [rangesParameter(spans, CELL_LEVELS), ...series.parameters],
    );
  }

  private listOwnerSums(
    transaction: UsageTransaction,
    spans: readonly Span[],
    filter: CallFilter & { owner: number },
    figures: string,
  ): Promise<SumRow[]> {
    const series = seriesCondition(filter);
    return rowsOf<SumRow>(
      transaction,
      `SELECT src.span, c.series_id, ${figures} FROM ${rangeSource(transaction)} AS src
       ${joinEach(transaction.dataSource, 'usage_ai_owner_cells', 'c', `c.owner_id = ? AND ${WITHIN} ${series.sql}`)}
       GROUP BY src.span, c.series_id`,
      [rangesParameter(spans, CELL_LEVELS.slice(0, 1)), filter.owner, ...series.parameters],
    );
  }

  /** The histograms that lie in each span, one text for each span with calls. */
  async histograms(
    transaction: UsageTransaction,
    spans: readonly Span[],
    scopes: readonly number[],
  ): Promise<SpanText[]> {
    if (scopes.length === 0) return [];
    const rows = await rowsOf<{ span: string | number; buckets: string }>(
      transaction,
      `SELECT src.span, ${joinedTexts(transaction.dataSource, 'l.buckets', SEPARATOR)} AS buckets
       FROM ${rangeSource(transaction)} AS src
       CROSS JOIN ${rowSource(transaction.dataSource, { id: 'integer' })} AS scope
       ${joinEach(
         transaction.dataSource,
         'usage_ai_latencies',
         'l',
         'l.level = src.level AND l.scope_id = scope.id AND l.start >= src."first" AND l.start < src."end"',
       )} GROUP BY src.span`,
      [rangesParameter(spans, CELL_LEVELS), rowsParameter(scopes.map((scope) => [scope]))],
    );
    return rows.map(({ span, buckets }) => ({ span: Number(span), text: buckets }));
  }

  /** The numbers of all kinds of calls. */
  async listCallTypes(transaction: UsageTransaction): Promise<number[]> {
    const rows = await rowsOf<{ id: number }>(transaction, "SELECT id FROM usage_names WHERE kind = 'call_type'", []);
    return rows.map(({ id }) => Number(id));
  }

  /**
   * The users with most calls in a span, equal counts by name. Whole cells tell how many calls each made in it at least, and
   * with the cells that it only touches at most; of those alone who may be among the first, the rest is counted.
   */
  async topUsers(transaction: UsageTransaction, span: Span, limit: number): Promise<RankedOwner[]> {
    const { dataSource } = transaction;
    const { whole, touched, days, edges } = rankingParts(span);
    const rows = await rowsOf<{ owner_id: number; name: string; calls: string | number }>(
      transaction,
      `WITH bounds AS (
         SELECT c.owner_id, SUM(CASE WHEN src.span = 0 THEN c.calls ELSE 0 END) AS least, SUM(c.calls) AS most
         FROM ${rangeSource(transaction)} AS src
         ${joinEach(dataSource, 'usage_ai_callers', 'c', `c.level = src.level AND ${WITHIN}`)} GROUP BY c.owner_id
       ), likely AS (
         SELECT owner_id, least FROM bounds
         WHERE most >= COALESCE((SELECT least FROM bounds ORDER BY least DESC LIMIT 1 OFFSET ?), 0)
       ), parts AS (
         SELECT owner_id, least AS calls FROM likely
         UNION ALL
         SELECT c.owner_id, c.calls FROM ${rowSource(dataSource, { start: 'bigint' })} AS src CROSS JOIN likely
         ${joinEach(dataSource, 'usage_ai_callers', 'c', `c.level = ${DAY_LEVEL} AND c.start = src.start AND c.owner_id = likely.owner_id`)}
         UNION ALL
         SELECT c.owner_id, c.calls FROM ${rowSource(dataSource, EDGE)} AS src CROSS JOIN likely
         ${joinEach(dataSource, 'usage_ai_owner_cells', 'c', `c.owner_id = likely.owner_id AND ${WITHIN}`)}
       )
       SELECT t.owner_id, n.name, t.calls FROM (SELECT owner_id, SUM(calls) AS calls FROM parts GROUP BY owner_id) AS t
       JOIN usage_names n ON n.id = t.owner_id WHERE t.calls > 0
       ORDER BY t.calls DESC, ${binaryOrder(dataSource, 'n.name')} LIMIT ?`,
      [
        rowsParameter([...whole.map((range) => [0, ...range]), ...touched.map((range) => [1, ...range])]),
        limit - 1,
        rowsParameter(days.map((day) => [day])),
        rowsParameter(edges),
        limit,
      ],
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
       ${joinEach(
         transaction.dataSource,
         'usage_ai_owner_blocks',
         'c',
         'c.level = src.level AND c.start = src.start AND c.owner_id = owner.id',
       )} GROUP BY src.span, c.owner_id, c.series_id`,
      [startsParameter(spans.map((span) => wholeCells(span, DAY_LEVEL))), ids],
    );
    const edges = await rowsOf<SumRow>(
      transaction,
      `SELECT src.span, c.owner_id, c.series_id, ${SUMS}
       FROM ${rowSource(transaction.dataSource, { span: 'integer', ...EDGE })} AS src ${owners}
       ${joinEach(transaction.dataSource, 'usage_ai_owner_cells', 'c', `c.owner_id = owner.id AND ${WITHIN}`)}
       GROUP BY src.span, c.owner_id, c.series_id`,
      [rowsParameter(spans.flatMap((span, i) => dayEdges(span).map((edge) => [i, ...edge]))), ids],
    );
    return [...whole, ...edges].map((row) => ({ ...toSeriesSums(row), owner: Number(row.owner_id) }));
  }
}

const EDGE = { first: 'bigint', end: 'bigint' } as const;

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

/** What a span has beyond whole days of UTC. */
function dayEdges(span: Span): number[][] {
  return restOf(span, wholeCells(span, DAY_LEVEL)).map(({ from, toExclusive }) => [from, toExclusive]);
}

/** What a ranking over a span is made of. */
interface RankingParts {
  /** Cells that lie in it as a whole, and cells that it only touches: level, first start and end. */
  whole: number[][];
  touched: number[][];
  /** Whole days and parts of days of the touched cells. */
  days: number[];
  edges: number[][];
}

function rankingParts(span: Span): RankingParts {
  // Larger cells make fewer rows, as long as there is one in the span to tell by.
  const level = BOUND_LEVELS.findLast((one) => !isEmpty(wholeCells(span, one))) ?? DAY_LEVEL;
  const inner = wholeCells(span, level);
  const rest = restOf(span, inner);
  const whole = isEmpty(inner) ? [] : cellRanges(inner, CALLER_LEVELS);
  const starts = new Set(rest.flatMap((part) => cellStarts(part, level)));
  return {
    whole: whole.map((range) => [range.level, range.from, range.toExclusive]),
    touched: [...starts].map((start) => [level, start, start + 1]),
    days: rest.flatMap((part) => {
      const days = wholeCells(part, DAY_LEVEL);
      return isEmpty(days) ? [] : cellStarts(days, DAY_LEVEL);
    }),
    edges: rest.flatMap(dayEdges),
  };
}

function isEmpty({ from, toExclusive }: Span): boolean {
  return from >= toExclusive;
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
