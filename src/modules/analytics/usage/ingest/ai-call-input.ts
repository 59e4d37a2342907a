import type { AiCallRow } from '../calls/ai-call-row.js';
import { callTypeName } from '../calls/call-type.js';
import { LONGEST_ID, newRowId } from './activity-input.js';
import {
  asRow,
  occurrence,
  optionalText,
  optionalWholeNumber,
  requiredFlag,
  requiredNumber,
  requiredText,
  RowProblem,
  shortenedText,
  type Receipt,
} from './row-checks.js';

export const AI_CALL_FIELDS: ReadonlySet<string> = new Set([
  'user_id',
  'model_used',
  'call_type',
  'response_time',
  'tokens',
  'success',
  'error',
  'input_tokens',
  'cached_input_tokens',
  'output_tokens',
  'reasoning_tokens',
  'timestamp',
  'provider',
  'project',
  'event_id',
]);

const LONGEST_NAME = 200;
const LONGEST_CALL_TYPE = 100;
const LONGEST_ERROR = 500;
const LONGEST_RESPONSE_SECONDS = 86_400;
/** More than any model reads or writes, and small enough for sums to stay exact. */
const MOST_TOKENS = 1_000_000_000;

/**
 * One AI call as a client sent it.
 * @throws RowProblem with a sentence
 */
export function readAiCall(value: unknown, receipt: Receipt): AiCallRow {
  const row = asRow(value);
  const inputTokens = optionalWholeNumber(row, 'input_tokens', MOST_TOKENS);
  const outputTokens = optionalWholeNumber(row, 'output_tokens', MOST_TOKENS);
  return {
    id: newRowId(),
    userId: requiredText(row, 'user_id', LONGEST_ID),
    ...occurrence(row.timestamp, receipt),
    eventId: optionalText(row, 'event_id', LONGEST_ID),
    provider: optionalText(row, 'provider', LONGEST_NAME),
    model: requiredText(row, 'model_used', LONGEST_NAME),
    callType: callTypeName(requiredText(row, 'call_type', LONGEST_CALL_TYPE)),
    project: optionalText(row, 'project', LONGEST_NAME),
    responseUs: Math.round(requiredNumber(row, 'response_time', LONGEST_RESPONSE_SECONDS) * 1e6),
    tokens: optionalWholeNumber(row, 'tokens', MOST_TOKENS) ?? sumOf(inputTokens, outputTokens),
    inputTokens,
    cachedInputTokens: optionalWholeNumber(row, 'cached_input_tokens', MOST_TOKENS),
    outputTokens,
    reasoningTokens: optionalWholeNumber(row, 'reasoning_tokens', MOST_TOKENS),
    success: requiredFlag(row, 'success'),
    error: shortenedText(row, 'error', LONGEST_ERROR),
    receivedAt: receipt.receivedAt,
  };
}

/** Who tells the parts need not tell their sum. */
function sumOf(inputTokens: number | null, outputTokens: number | null): number {
  if (inputTokens === null && outputTokens === null) throw new RowProblem('tokens', 'tokens is required');
  return (inputTokens ?? 0) + (outputTokens ?? 0);
}
