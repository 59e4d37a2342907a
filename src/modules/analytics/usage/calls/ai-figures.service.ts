import { Injectable } from '@nestjs/common';
import type { Span } from '../../../../common/time/calendar.js';
import { CallSeriesNames } from '../names/call-series.service.js';
import { UsageNames } from '../names/usage-names.service.js';
import { exactCostOf, nanoUsdOf, type UnpricedReason } from '../prices/cost.js';
import type { PriceList } from '../prices/price-list.js';
import { PricesService } from '../prices/prices.service.js';
import type { UsageTransaction } from '../usage-transaction.repository.js';
import { latencyName } from './ai-call-writes.service.js';
import { SummedCalls, type CallSums } from './ai-deltas.js';
import { AiFiguresRepository, type CallFilter, type SeriesSums, type SpanText } from './ai-figures.repository.js';
import { pricedParts, type PricedPart } from './call-blocks.js';
import { billedSum, type CallSeries } from './call-series.js';
import { LatencyHistogram } from './latency-histogram.js';

export interface CallFigures {
  calls: number;
  completions: number;
  embeddings: number;
  errors: number;
  /** Microseconds in all. */
  responseUs: number;
  tokens: number;
  /** By the prices in force; of the calls that have a price. */
  nanoUsd: number;
  /** Calls whose cost nobody knows. */
  unpricedCalls: number;
}

export interface TimedCallFigures extends CallFigures {
  /** p50, p95 and p99 of how long calls took, in microseconds, each off by at most 0.8 % of itself; `null` without calls. */
  responsePercentilesUs: readonly number[] | null;
}

const PERCENTILES = [0.5, 0.95, 0.99];

/** Calls of a model, of any provider and kind. */
export interface ModelFigures extends CallFigures {
  model: string;
}

/** Calls of a model whose cost nobody knows. */
export interface UnpricedCalls {
  /** '' where no one told. */
  provider: string;
  model: string;
  tokens: number;
  /** Why, and of how many calls. */
  reasons: Record<UnpricedReason, number>;
}

export interface UserFigures extends CallFigures {
  user: string;
}

/** What reports may ask for: names as clients write them. */
export interface CallQuery {
  user?: string;
  project?: string;
  model?: string;
  callType?: string;
}

/** Of so many models more would be looked up than is saved. */
const MANY_MODELS = 500;

/** What AI calls were made, and what they cost by the prices now in force. Spans begin and end on whole quarters of an hour. */
@Injectable()
export class AiFiguresService {
  constructor(
    private readonly figures: AiFiguresRepository,
    private readonly series: CallSeriesNames,
    private readonly names: UsageNames,
    private readonly prices: PricesService,
  ) {}

  /** The figures of each span. */
  async ofSpans(transaction: UsageTransaction, spans: readonly Span[], query: CallQuery = {}): Promise<CallFigures[]> {
    const prices = this.prices.list;
    const filter = await this.filterOf(transaction, query);
    const parts = filter === null ? [] : pricedParts(spans, await this.changesOf(transaction, prices));
    const rows = filter === null ? [] : await this.figures.sums(transaction, parts, filter);
    return this.totalsOf(transaction, spans, parts, rows, prices);
  }

  /** The same, with how long the calls of each span took. */
  async timedOfSpans(
    transaction: UsageTransaction,
    spans: readonly Span[],
    query: CallQuery = {},
  ): Promise<TimedCallFigures[]> {
    const prices = this.prices.list;
    const filter = await this.filterOf(transaction, query);
    const parts = filter === null ? [] : pricedParts(spans, await this.changesOf(transaction, prices));
    const { sums, histograms } = await this.sumsAndHistograms(transaction, spans, parts, filter, query);
    const totals = await this.totalsOf(transaction, spans, parts, sums, prices);
    const percentiles = percentilesOf(spans.length, histograms);
    return totals.map((figures, i) => ({ ...figures, responsePercentilesUs: percentiles[i]! }));
  }

  /** Every model with calls in the span, most calls first, equal counts by name. */
  async models(transaction: UsageTransaction, span: Span): Promise<ModelFigures[]> {
    const prices = this.prices.list;
    const totals = new Map<string, Total>();
    for (const { part, series, sums } of await this.priceable(transaction, [span], prices)) {
      let total = totals.get(series.model);
      if (total === undefined) totals.set(series.model, (total = new Total(prices)));
      total.add(series, sums, part.from);
    }
    const models = [...totals].map(([model, total]) => ({ model, ...total.figures }));
    return models.sort((a, b) => b.calls - a.calls || (a.model < b.model ? -1 : 1));
  }

  /** The models with calls in the span that have no price, most of these first, equal counts by name and provider. */
  async unpriced(transaction: UsageTransaction, span: Span): Promise<UnpricedCalls[]> {
    const prices = this.prices.list;
    const models = new Map<string, UnpricedCalls>();
    for (const { part, series, sums } of await this.priceable(transaction, [span], prices)) {
      const { unpriced } = exactCostOf(billedSum(series, sums, part.from), prices);
      if (unpriced === null) continue;
      const { provider, model } = series;
      const key = JSON.stringify([model, provider]);
      let calls = models.get(key);
      if (calls === undefined) {
        models.set(key, (calls = { provider, model, tokens: 0, reasons: { unknown_model: 0, no_split: 0 } }));
      }
      calls.tokens += sums.tokens;
      calls.reasons[unpriced] += sums.calls;
    }
    const countOf = ({ reasons }: UnpricedCalls) => reasons.unknown_model + reasons.no_split;
    return [...models]
      .sort(([key, calls], [otherKey, others]) => countOf(others) - countOf(calls) || (key < otherKey ? -1 : 1))
      .map(([, calls]) => calls);
  }

  /** The users with most calls in the span, equal counts by name. */
  async users(transaction: UsageTransaction, span: Span, limit: number): Promise<UserFigures[]> {
    const ranked = await this.figures.topUsers(transaction, span, limit);
    const prices = this.prices.list;
    const parts = pricedParts([span], await this.changesOf(transaction, prices));
    const rows = await this.figures.sumsOfUsers(
      transaction,
      parts,
      ranked.map(({ owner }) => owner),
    );
    const totals = new Map(ranked.map(({ owner }) => [owner, new Total(prices)]));
    const series = await this.seriesOf(transaction, rows);
    for (const row of rows) {
      totals.get(row.owner)!.add(series.get(row.series)!, row, parts[row.span]!.from);
    }
    return ranked.map(({ owner, name }) => ({ user: name, ...totals.get(owner)!.figures }));
  }

  /** Sums of the parts, and histograms of the spans that they are parts of. */
  private async sumsAndHistograms(
    transaction: UsageTransaction,
    spans: readonly Span[],
    parts: readonly PricedPart[],
    filter: CallFilter | null,
    query: CallQuery,
  ): Promise<{ sums: SeriesSums[]; histograms: SpanText[] }> {
    if (filter === null) return { sums: [], histograms: [] };
    const { owner } = filter;
    if (owner !== undefined) {
      const { sums, histograms } = await this.figures.ownerFigures(transaction, parts, { ...filter, owner });
      return { sums, histograms: histograms.map(({ span, text }) => ({ span: parts[span]!.span, text })) };
    }
    const sums = await this.figures.sums(transaction, parts, filter);
    const scopes = await this.scopesOf(transaction, query);
    return { sums, histograms: await this.figures.histograms(transaction, spans, scopes) };
  }

  private async totalsOf(
    transaction: UsageTransaction,
    spans: readonly Span[],
    parts: readonly PricedPart[],
    rows: readonly SeriesSums[],
    prices: PriceList,
  ): Promise<CallFigures[]> {
    const totals = spans.map(() => new Total(prices));
    const series = await this.seriesOf(transaction, rows);
    for (const row of rows) {
      const part = parts[row.span]!;
      totals[part.span]!.add(series.get(row.series)!, row, part.from);
    }
    return totals.map((total) => total.figures);
  }

  private async priceable(
    transaction: UsageTransaction,
    spans: readonly Span[],
    prices: PriceList,
  ): Promise<{ part: PricedPart; series: CallSeries; sums: CallSums }[]> {
    const parts = pricedParts(spans, await this.changesOf(transaction, prices));
    const rows = await this.figures.sums(transaction, parts, {});
    const series = await this.seriesOf(transaction, rows);
    return rows.map((row) => ({ part: parts[row.span]!, series: series.get(row.series)!, sums: row }));
  }

  /** When prices changed of what is called: prices of other models would cut spans for nothing. */
  private async changesOf(transaction: UsageTransaction, prices: PriceList): Promise<readonly number[]> {
    const models = await this.series.listModels(transaction, MANY_MODELS);
    return models.length < MANY_MODELS ? prices.changesOf(models) : prices.changes;
  }

  private seriesOf(transaction: UsageTransaction, rows: readonly SeriesSums[]): Promise<Map<number, CallSeries>> {
    return this.series.seriesOf(transaction, new Set(rows.map((row) => row.series)));
  }

  /** `null`: nobody of that name has made a call. */
  private async filterOf(transaction: UsageTransaction, query: CallQuery): Promise<CallFilter | null> {
    const { model, callType } = query;
    if (query.user === undefined && query.project === undefined) return { model, callType };
    const owner =
      query.user === undefined
        ? await this.names.find('project', query.project!, transaction)
        : await this.names.find('user', query.user, transaction);
    return owner === null ? null : { model, callType, owner };
  }

  private async scopesOf(transaction: UsageTransaction, { model, callType }: CallQuery): Promise<number[]> {
    if (model === undefined && callType === undefined) return this.figures.listCallTypes(transaction);
    if (model === undefined) return known([await this.names.find('call_type', callType!, transaction)]);
    const types = callType === undefined ? await this.series.callTypesOf(transaction, model) : [callType];
    const scopes: (number | null)[] = [];
    for (const type of types) {
      scopes.push(await this.names.find('latency', latencyName({ model, callType: type }), transaction));
    }
    return known(scopes);
  }
}

function known(scopes: readonly (number | null)[]): number[] {
  return scopes.filter((scope) => scope !== null);
}

function percentilesOf(spans: number, texts: readonly SpanText[]): (number[] | null)[] {
  const bySpan = new Map<number, string[]>();
  for (const { span, text } of texts) {
    const others = bySpan.get(span);
    if (others === undefined) bySpan.set(span, [text]);
    else others.push(text);
  }
  const histogram = new LatencyHistogram();
  return Array.from({ length: spans }, (_, span) => {
    histogram.clear();
    for (const text of bySpan.get(span) ?? []) histogram.addEncoded(text);
    return histogram.percentiles(PERCENTILES);
  });
}

/** Adds up calls of many series. The cost is exact until it is read. */
class Total {
  constructor(private readonly prices: PriceList) {}

  private picoUsd = 0n;
  private unpricedCalls = 0;
  private completions = 0;
  private embeddings = 0;
  private readonly sums = new SummedCalls();

  add(series: CallSeries, sums: CallSums, timestamp: number): void {
    this.sums.addSums(sums);
    if (series.callType === 'completion') this.completions += sums.calls;
    if (series.callType === 'embedding') this.embeddings += sums.calls;
    const { picoUsd } = exactCostOf(billedSum(series, sums, timestamp), this.prices);
    if (picoUsd === null) this.unpricedCalls += sums.calls;
    else this.picoUsd += picoUsd;
  }

  get figures(): CallFigures {
    const { calls, errors, responseUs, tokens } = this.sums;
    const { completions, embeddings, unpricedCalls } = this;
    return {
      calls,
      completions,
      embeddings,
      errors,
      responseUs,
      tokens,
      nanoUsd: nanoUsdOf(this.picoUsd),
      unpricedCalls,
    };
  }
}
