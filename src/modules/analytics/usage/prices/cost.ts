import type { PriceList, PricePeriod, TokenPrices } from './price-list.js';

/** What is known of a call. `null` and absent mean the same: not reported. */
export interface BilledCall {
  model: string;
  /** Not needed to find the price; names of models are distinct among providers. */
  provider?: string | null;
  /** When it was made, epoch milliseconds: the price of that time counts. */
  timestamp: number;
  /** All tokens of the call; fills in for a count that is missing below where that is sure. */
  tokens?: number | null;
  /** Cached tokens included, as OpenAI and Gemini count them (for Anthropic: add up its three input counts). */
  inputTokens: number | null;
  /** The part of `inputTokens` that came from the provider's cache. */
  cachedInputTokens: number | null;
  /** With the reasoning where the provider counts it in (OpenAI, Anthropic), without it elsewhere (Gemini, xAI). */
  outputTokens: number | null;
  reasoningTokens: number | null;
  /** When the counts are sums over many calls: the input of one of them, by which prices of long input go. */
  inputOfOneCall?: number;
}

/** `unknown_model`: not in the price file, or not for that time. `no_split`: nobody said which tokens were output. */
export type UnpricedReason = 'unknown_model' | 'no_split';

/** Nano-dollars (10⁻⁹ USD), a whole number: sums of them are exact, in any order and on any database. */
export type Cost = { nanoUsd: number; unpriced: null } | { nanoUsd: null; unpriced: UnpricedReason };

/** The same without rounding, in pico-dollars (10⁻¹² USD). */
export type ExactCost = { picoUsd: bigint; unpriced: null } | { picoUsd: null; unpriced: UnpricedReason };

const PICO_PER_NANO = 1000n;

/**
 * What a call cost, to the nano-dollar, half of one rounded up. Failed calls cost what they used. A model without a price
 * costs `null`, never 0. A call that says only how many `tokens` it took is priced when all of them must be
 * input (embeddings) or there were none; otherwise it is `null` too: the two prices are far apart, and a guess
 * would look like a figure.
 */
export function costOf(call: BilledCall, prices: PriceList): Cost {
  const { picoUsd, unpriced } = exactCostOf(call, prices);
  return picoUsd === null ? { nanoUsd: null, unpriced } : { nanoUsd: nanoUsdOf(picoUsd), unpriced: null };
}

/** For sums of costs, which are rounded last. @see costOf */
export function exactCostOf(call: BilledCall, prices: PriceList): ExactCost {
  const period = periodAt(prices.find(call.model)?.periods ?? [], call.timestamp);
  if (period === null) return { picoUsd: null, unpriced: 'unknown_model' };
  const split = splitTokens(call, period);
  if (split === null) return { picoUsd: null, unpriced: 'no_split' };
  const { longInput } = period;
  const isLong = longInput !== null && (call.inputOfOneCall ?? inputLength(call)) > longInput.above;
  return { picoUsd: picoUsdOf(split, isLong ? longInput : period), unpriced: null };
}

/**
 * By which prices of long input go. What may have been reasoning is not taken for input where the input is not told: sums of
 * many calls must be apart by length before anybody knows how their model counts its reasoning.
 */
export function inputLength(call: Omit<BilledCall, 'model' | 'timestamp'>): number {
  const { tokens, inputTokens, cachedInputTokens, outputTokens, reasoningTokens } = call;
  const length = inputTokens ?? (tokens ?? 0) - (outputTokens ?? 0) - (reasoningTokens ?? 0);
  return Math.max(length, cachedInputTokens ?? 0);
}

/** Half a nano-dollar is rounded up. */
export function nanoUsdOf(picoUsd: bigint): number {
  return Number((picoUsd + PICO_PER_NANO / 2n) / PICO_PER_NANO);
}

/** USD of a sum of nano-dollars; both databases give the same digits. */
export function usdOf(nanoUsd: number): number {
  return nanoUsd / 1e9;
}

interface Split {
  input: number;
  cached: number;
  output: number;
  reasoning: number;
}

function periodAt(periods: readonly PricePeriod[], time: number): PricePeriod | null {
  return periods.find(({ from, until }) => from <= time && (until === null || time < until)) ?? null;
}

function splitTokens(call: BilledCall, prices: TokenPrices): Split | null {
  const cached = call.cachedInputTokens ?? 0;
  const reasoning = prices.reasoning === null ? 0 : (call.reasoningTokens ?? 0);
  const tokens = call.tokens ?? null;
  let { inputTokens: input, outputTokens: output } = call;
  if (input === null && output === null) {
    if (tokens === null || (tokens > 0 && prices.output > 0n)) return null;
    [input, output] = [tokens, 0];
  }
  input ??= tokens === null ? null : Math.max(0, tokens - output! - reasoning);
  output ??= tokens === null ? null : Math.max(0, tokens - input! - reasoning);
  if (input === null || output === null) return null;
  return { input: Math.max(input, cached), cached, output, reasoning };
}

function picoUsdOf({ input, cached, output, reasoning }: Split, prices: TokenPrices): bigint {
  return (
    BigInt(input - cached) * prices.input +
    BigInt(cached) * prices.cachedInput +
    BigInt(output) * prices.output +
    BigInt(reasoning) * (prices.reasoning ?? 0n)
  );
}
