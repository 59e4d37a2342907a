import { Ajv } from 'ajv';
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';

/** Every parameter that the published API knows; the compiler tells when a new one is missing here. */
const PARAMETERS: Record<keyof ChatCompletionCreateParamsNonStreaming, object> = {
  model: { type: 'string', minLength: 1 },
  messages: {
    type: 'array',
    minItems: 1,
    items: {
      type: 'object',
      required: ['role', 'content'],
      properties: {
        role: { enum: ['developer', 'system', 'user', 'assistant', 'tool', 'function'] },
        content: { type: 'string', minLength: 1 },
        name: { type: 'string' },
      },
      additionalProperties: false,
    },
  },
  response_format: {
    oneOf: [
      {
        type: 'object',
        required: ['type'],
        properties: { type: { enum: ['text', 'json_object'] } },
        additionalProperties: false,
      },
      {
        type: 'object',
        required: ['type', 'json_schema'],
        properties: {
          type: { const: 'json_schema' },
          json_schema: {
            type: 'object',
            required: ['name'],
            properties: {
              name: { type: 'string', pattern: '^[a-zA-Z0-9_-]{1,64}$' },
              description: { type: 'string' },
              strict: { type: ['boolean', 'null'] },
              schema: { type: 'object' },
            },
            additionalProperties: false,
          },
        },
        additionalProperties: false,
      },
    ],
  },
  temperature: { type: ['number', 'null'], minimum: 0, maximum: 2 },
  max_tokens: { type: ['integer', 'null'], minimum: 1 },
  max_completion_tokens: { type: ['integer', 'null'], minimum: 1 },
  audio: {},
  frequency_penalty: {},
  function_call: {},
  functions: {},
  logit_bias: {},
  logprobs: {},
  metadata: {},
  modalities: {},
  moderation: {},
  n: {},
  parallel_tool_calls: {},
  prediction: {},
  presence_penalty: {},
  prompt_cache_key: {},
  prompt_cache_options: {},
  prompt_cache_retention: {},
  reasoning_effort: {},
  safety_identifier: {},
  seed: {},
  service_tier: {},
  stop: {},
  store: {},
  stream: {},
  stream_options: {},
  tool_choice: {},
  tools: {},
  top_logprobs: {},
  top_p: {},
  user: {},
  verbosity: {},
  web_search_options: {},
};

const validate = new Ajv({ allowUnionTypes: true }).compile({
  type: 'object',
  required: ['model', 'messages'],
  properties: PARAMETERS,
  additionalProperties: false,
  not: { required: ['max_tokens', 'max_completion_tokens'] },
});

/** What the published API would refuse in a request; `null`: nothing. */
export function requestFault(body: unknown): string | null {
  return validate(body) ? null : `${validate.errors?.[0]?.instancePath} ${validate.errors?.[0]?.message}`;
}

/** The rules of strict mode for a schema of the answer, each fault with its place. */
export function strictModeFaults(schema: unknown, path = '#'): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  const node = schema as Record<string, any>;
  const faults: string[] = [];
  const forbidden = ['allOf', 'not', 'if', 'then', 'else', 'oneOf', 'dependentRequired', 'dependentSchemas'];
  const limits = [
    'minLength',
    'maxLength',
    'pattern',
    'format',
    'minItems',
    'maxItems',
    'uniqueItems',
    'default',
    'patternProperties',
    'minimum',
    'maximum',
    'multipleOf',
  ];
  for (const word of [...forbidden, ...limits]) if (word in node) faults.push(`${path} has ${word}`);
  if (path === '#' && node.type !== 'object') faults.push('the root is no object');
  if (node.type === 'object') {
    if (node.additionalProperties !== false) faults.push(`${path} allows additional properties`);
    const names = Object.keys(node.properties ?? {});
    if (JSON.stringify([...names].sort()) !== JSON.stringify([...(node.required ?? [])].sort()))
      faults.push(`${path} does not require every property`);
    for (const name of names) faults.push(...strictModeFaults(node.properties[name], `${path}/${name}`));
  }
  if (node.items !== undefined) faults.push(...strictModeFaults(node.items, `${path}[]`));
  for (const option of node.anyOf ?? []) faults.push(...strictModeFaults(option, `${path}?`));
  return faults;
}
