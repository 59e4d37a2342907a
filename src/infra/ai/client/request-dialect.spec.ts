import { dialectSchema, firstDialect, nextDialect } from './request-dialect.js';

const SCHEMA = {
  $schema: 'http://json-schema.org/draft-07/schema#',
  type: 'object',
  additionalProperties: false,
  required: ['title', 'items'],
  properties: {
    title: { type: 'string' },
    items: { type: 'array', items: { type: 'object', additionalProperties: false, properties: {} } },
  },
};

describe('the dialect of a chat-completions server', () => {
  it('should begin with what each provider documents', () => {
    expect(firstDialect('openai', undefined)).toMatchObject({ tokenLimit: 'max_completion_tokens', schema: 'full' });
    expect(firstDialect('openai', 'http://localhost:11434/v1')).toMatchObject({
      tokenLimit: 'max_tokens',
      schema: 'full',
    });
    expect(firstDialect('gemini', 'https://gemini.example/')).toMatchObject({
      tokenLimit: 'max_tokens',
      schema: 'bare',
    });
  });

  it.each([
    [
      "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
      'gemini',
      { tokenLimit: 'max_completion_tokens' },
    ],
    ['Unrecognized request argument supplied: max_completion_tokens', 'openai', { tokenLimit: 'max_tokens' }],
    ["Unsupported value: 'temperature' does not support 0.3 with this model.", 'openai', { hasTemperature: false }],
    ["Invalid schema: unknown keyword 'additionalProperties'", 'openai', { schema: 'bare' }],
    ['Unknown name "$schema" at \'generation_config.response_schema\'', 'gemini', { format: 'json_object' }],
    ["response_format 'json_schema' is not supported", 'openai', { schema: 'bare' }],
  ] as const)('should give way when a server says "%s"', (complaint, provider, change) => {
    expect(nextDialect(firstDialect(provider, undefined), complaint)).toMatchObject(change);
  });

  it('should come to an end, and leave other complaints alone', () => {
    const seen: string[] = [];
    let dialect = nextDialect(firstDialect('openai', 'http://x'), 'response_format');
    for (; dialect !== null; dialect = nextDialect(dialect, 'response_format'))
      seen.push(`${dialect.format} ${dialect.schema}`);
    expect(seen).toEqual(['json_schema bare', 'json_object bare', 'text bare']);
    expect(nextDialect(firstDialect('openai', undefined), 'This request has too many tokens')).toBeNull();
  });

  it('should leave out what a server does not know, but no field of that name', () => {
    const full = dialectSchema(SCHEMA, firstDialect('openai', undefined));
    expect(full).toEqual({ ...SCHEMA, $schema: undefined, properties: SCHEMA.properties });
    expect(JSON.stringify(full)).not.toContain('$schema');
    const bare = JSON.stringify(dialectSchema(SCHEMA, firstDialect('gemini', undefined)));
    expect(bare).not.toMatch(/\$schema|additionalProperties/);
    expect(bare).toContain('"title":{"type":"string"}');
  });
});
