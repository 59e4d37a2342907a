import { INPUT_BOUNDS } from '../prices/input-bounds.js';
import { inputLength, type BilledCall } from '../prices/cost.js';
import type { AiCallRow } from './ai-call-row.js';

/** What calls have in common whose figures are kept as sums: all that they are filtered, grouped and priced by. */
export interface CallSeries {
  /** '' where no one told. */
  provider: string;
  model: string;
  callType: string;
  /** Which counts of tokens are known: INPUT_KNOWN, OUTPUT_KNOWN, both or none. */
  split: number;
  /** The input of each call is longer than so many tokens, and not longer than the next bound. */
  inputAbove: number;
}

export const INPUT_KNOWN = 1;
export const OUTPUT_KNOWN = 2;

/** Tokens of one call, or of many of one series. */
export interface TokenSums {
  tokens: number;
  /** Cached tokens included; 0 where not known. */
  inputTokens: number;
  cachedTokens: number;
  outputTokens: number;
  reasoningTokens: number;
}

/** The counts of a call, and what of its series they decide. */
export interface AddableTokens extends TokenSums, Pick<CallSeries, 'split' | 'inputAbove'> {}

/**
 * The counts of a call in a form that may be added up: what is derived for a single call when it is priced is derived here,
 * wherever that is not linear.
 */
export function addableTokens(
  call: Pick<AiCallRow, 'tokens' | 'inputTokens' | 'cachedInputTokens' | 'outputTokens' | 'reasoningTokens'>,
): AddableTokens {
  const { tokens } = call;
  const cachedTokens = call.cachedInputTokens ?? 0;
  const reasoningTokens = call.reasoningTokens ?? 0;
  let { inputTokens: input, outputTokens: output } = call;
  // Less than nothing would be left for the part that was not told, or there was nothing at all.
  if (input !== null && output === null && tokens < input + reasoningTokens) output = 0;
  if (output !== null && input === null && tokens < output + reasoningTokens) input = 0;
  if (input === null && output === null && tokens === 0) [input, output] = [0, 0];
  if (input !== null) input = Math.max(input, cachedTokens);
  const length = inputLength({ ...call, inputTokens: input });
  return {
    tokens,
    inputTokens: input ?? 0,
    cachedTokens,
    outputTokens: output ?? 0,
    reasoningTokens,
    split: (input === null ? 0 : INPUT_KNOWN) + (output === null ? 0 : OUTPUT_KNOWN),
    inputAbove: INPUT_BOUNDS.findLast((bound) => length > bound) ?? 0,
  };
}

/** The sum of calls of one series as something that can be priced; `timestamp`: at which all have the same price. */
export function billedSum(series: CallSeries, sums: TokenSums, timestamp: number): BilledCall {
  return {
    model: series.model,
    provider: series.provider,
    timestamp,
    tokens: sums.tokens,
    inputTokens: series.split & INPUT_KNOWN ? sums.inputTokens : null,
    cachedInputTokens: sums.cachedTokens,
    outputTokens: series.split & OUTPUT_KNOWN ? sums.outputTokens : null,
    reasoningTokens: sums.reasoningTokens,
    inputOfOneCall: series.inputAbove + 1,
  };
}
