import type { Completion } from './client/completion.js';
import type { ModelFailure } from './client/model.error.js';
import type { Fact } from './fact.js';
import type { GateFault } from './gate/gate-fault.js';
import { judgeProse } from './gate/numeric-gate.js';
import type { Prompt } from './prompt-library.js';

const MAX_CONTENT_LENGTH = 100_000;
const MAX_ITEMS = 12;

export type AnswerFailure = Extract<
  ModelFailure,
  'refusal' | 'truncated' | 'content_filter' | 'invalid_json' | 'invalid_schema'
>;

export type JudgedAnswer =
  { value: Record<string, unknown> } | { failure: AnswerFailure; /** For a repair. */ fault: string };

/** The checks between a choice and its fields, in this order: refusal, end of the answer, JSON, schema. */
export function judgeAnswer({ content, refusal, finishReason }: Completion, prompt: Prompt): JudgedAnswer {
  if (refusal !== null && refusal !== '') return { failure: 'refusal', fault: 'a refusal' };
  if (finishReason === 'length') return { failure: 'truncated', fault: 'the answer is too long' };
  if (finishReason === 'content_filter') return { failure: 'content_filter', fault: 'filtered' };
  const value = content.length > MAX_CONTENT_LENGTH ? undefined : parseObject(content);
  if (value === undefined) return { failure: 'invalid_json', fault: 'The answer is not one JSON object.' };
  if (!prompt.validate(value)) return { failure: 'invalid_schema', fault: schemaFault(prompt) };
  return { value };
}

/** Some servers put their JSON between fences. */
function parseObject(content: string): Record<string, unknown> | undefined {
  const text = content.trim();
  const inner = text.startsWith('```') && text.endsWith('```') ? text.slice(text.indexOf('\n') + 1, -3) : text;
  try {
    const value: unknown = JSON.parse(inner);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

function schemaFault({ validate }: Prompt): string {
  const error = validate.errors?.[0];
  const where = error?.instancePath === '' || error === undefined ? 'The answer' : error.instancePath;
  return `${where} ${error?.message ?? 'does not fit the schema'}.`;
}

export interface JudgedField {
  /** What may be shown; absent where there are faults. */
  value?: string | string[];
  faults: GateFault[];
}

/** A field of prose, or a list of them, by the numeric gate. `itemCount`: how many items there must be. */
export function judgeField(
  value: unknown,
  facts: readonly Fact[],
  names: readonly string[],
  itemCount: number | undefined,
): JudgedField {
  if (typeof value === 'string') {
    const { text, faults } = judgeProse(value, facts, names);
    return faults.length === 0 ? { value: text, faults } : { faults };
  }
  if (!Array.isArray(value) || value.length === 0) return { faults: [fault('no text')] };
  if (itemCount !== undefined && value.length !== itemCount) return { faults: [fault(`not ${itemCount} items`)] };
  if (itemCount === undefined && value.length > MAX_ITEMS) return { faults: [fault(`more than ${MAX_ITEMS} items`)] };
  const judged = value.map((item) => judgeProse(String(item), facts, names));
  const faults = judged.flatMap((item) => item.faults);
  return faults.length === 0 ? { value: judged.map(({ text }) => text), faults } : { faults };
}

function fault(reason: string): GateFault {
  return { kind: 'length', excerpt: '', reason };
}

/** What a model is told about its last answer. */
export function repairText(faults: readonly string[]): string {
  return (
    'Your answer cannot be used:\n' +
    faults.map((text) => `- ${text}\n`).join('') +
    'Answer again with the whole JSON object. Use only figures of the data, as written, and leave out what you are not sure of.'
  );
}

export function gateFaultText(field: string, { excerpt, reason }: GateFault): string {
  return excerpt === '' ? `${field}: ${reason}` : `${field}: "${excerpt}" is ${reason}`;
}
