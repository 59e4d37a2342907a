import { Injectable } from '@nestjs/common';
import { counter } from '../../../common/metrics/metrics.js';
import type { AiCallRow } from './calls/ai-call-row.js';
import { usdOf, type BilledCall, type UnpricedReason } from './prices/cost.js';
import { PricesService } from './prices/prices.service.js';

const ingested = counter({
  name: 'almanac_events_ingested_total',
  help: 'Events by source and result.',
  labelNames: ['source', 'result'],
});

const calls = counter({
  name: 'almanac_ai_calls_total',
  help: 'AI calls that were recorded, those of Almanac itself included; models without a price share `other`.',
  labelNames: ['model', 'call_type', 'outcome'],
});

const tokens = counter({
  name: 'almanac_ai_tokens_total',
  help: 'Tokens of AI calls that were recorded: cached_input is part of input, unsplit is what came as a total alone.',
  labelNames: ['model', 'token_type'],
});

const cost = counter({
  name: 'almanac_ai_cost_usd_total',
  help: 'Cost in USD of AI calls that were recorded, by the prices in force when they came.',
  labelNames: ['model'],
});

const unpriced = counter({
  name: 'almanac_ai_unpriced_calls_total',
  help: 'AI calls that were recorded and whose cost is not known, by reason.',
  labelNames: ['reason'],
});

type TokenType = 'input' | 'cached_input' | 'output' | 'reasoning' | 'unsplit';

/** Calls of one model, kind and outcome. */
interface Tally {
  model: string;
  callType: string;
  success: boolean;
  calls: number;
  tokens: Record<TokenType, number>;
  /** `null`: none of them has a price. */
  nanoUsd: number | null;
  unpriced: Map<UnpricedReason, number>;
}

/** What the ingest of user activity and AI calls tells Prometheus. Clients choose models and kinds: labels are few. */
@Injectable()
export class UsageMetrics {
  constructor(private readonly prices: PricesService) {}

  countIngest(source: 'user_activity' | 'ai_call', inserted: number, duplicates: number, rejected: number): void {
    ingested.inc({ source, result: 'inserted' }, inserted);
    ingested.inc({ source, result: 'duplicate' }, duplicates);
    ingested.inc({ source, result: 'rejected' }, rejected);
  }

  /** Once for each call that was stored for the first time. */
  countCalls(rows: readonly AiCallRow[]): void {
    // Counters look their labels up for each addition, which for a thousand rows takes longer than to sum them first.
    for (const tally of this.tallies(rows)) {
      const model = this.prices.labelOf(tally.model);
      const outcome = tally.success ? 'success' : 'error';
      calls.inc({ model, call_type: callTypeLabel(tally.callType), outcome }, tally.calls);
      for (const [token_type, count] of Object.entries(tally.tokens)) {
        if (count > 0) tokens.inc({ model, token_type }, count);
      }
      if (tally.nanoUsd !== null) cost.inc({ model }, usdOf(tally.nanoUsd));
      for (const [reason, count] of tally.unpriced) unpriced.inc({ reason }, count);
    }
  }

  private tallies(rows: readonly AiCallRow[]): Iterable<Tally> {
    const tallies = new Map<string, Tally>();
    for (const row of rows) {
      const key = JSON.stringify([row.success, row.callType, row.model]);
      let tally = tallies.get(key);
      if (tally === undefined) tallies.set(key, (tally = newTally(row)));
      tally.calls++;
      addTokens(tally.tokens, row);
      const { nanoUsd, unpriced: reason } = this.prices.costOf(billed(row));
      if (nanoUsd === null) tally.unpriced.set(reason, (tally.unpriced.get(reason) ?? 0) + 1);
      else tally.nanoUsd = (tally.nanoUsd ?? 0) + nanoUsd;
    }
    return tallies.values();
  }
}

function newTally({ model, callType, success }: AiCallRow): Tally {
  const none = { input: 0, cached_input: 0, output: 0, reasoning: 0, unsplit: 0 };
  return { model, callType, success, calls: 0, tokens: none, nanoUsd: null, unpriced: new Map() };
}

function addTokens(sums: Tally['tokens'], row: AiCallRow): void {
  const { inputTokens, outputTokens } = row;
  sums.input += inputTokens ?? 0;
  sums.cached_input += row.cachedInputTokens ?? 0;
  sums.output += outputTokens ?? 0;
  sums.reasoning += row.reasoningTokens ?? 0;
  if (inputTokens === null && outputTokens === null) sums.unsplit += row.tokens;
}

function billed(row: AiCallRow): BilledCall {
  const { model, provider, tokens, inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = row;
  const timestamp = row.occurredAt;
  return { model, provider, timestamp, tokens, inputTokens, cachedInputTokens, outputTokens, reasoningTokens };
}

function callTypeLabel(callType: string): string {
  return callType === 'completion' || callType === 'embedding' ? callType : 'other';
}
