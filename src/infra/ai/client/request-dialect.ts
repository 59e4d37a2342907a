/** How a server wants to be asked; they all speak the same protocol, and none speaks all of it. */
export interface Dialect {
  tokenLimit: 'max_completion_tokens' | 'max_tokens';
  /** Reasoning models take no temperature. */
  hasTemperature: boolean;
  format: 'json_schema' | 'json_object' | 'text';
  /** `bare`: without the words that some servers refuse. The answer is checked against the full schema in any case. */
  schema: 'full' | 'bare';
}

type JsonObject = Record<string, unknown>;

/** OpenAI itself has replaced `max_tokens`; other servers know only that. Gemini refuses `$schema` and, at times, more. */
export function firstDialect(provider: 'openai' | 'gemini', baseUrl: string | undefined): Dialect {
  return {
    tokenLimit: provider === 'openai' && baseUrl === undefined ? 'max_completion_tokens' : 'max_tokens',
    hasTemperature: true,
    format: 'json_schema',
    schema: provider === 'gemini' ? 'bare' : 'full',
  };
}

/** The dialect to try after a server refused a request with this complaint; `null`: the complaint is about something else. */
export function nextDialect(dialect: Dialect, complaint: string): Dialect | null {
  const text = complaint.toLowerCase();
  if (text.includes('max_completion_tokens') && dialect.tokenLimit === 'max_tokens')
    return { ...dialect, tokenLimit: 'max_completion_tokens' };
  if (/max_(?:completion_)?tokens/.test(text) && dialect.tokenLimit === 'max_completion_tokens')
    return { ...dialect, tokenLimit: 'max_tokens' };
  if (text.includes('temperature') && dialect.hasTemperature) return { ...dialect, hasTemperature: false };
  if (!/schema|response_?format|additional_?properties|strict|generation_config/.test(text)) return null;
  if (dialect.format === 'json_schema' && dialect.schema === 'full') return { ...dialect, schema: 'bare' };
  if (dialect.format === 'json_schema') return { ...dialect, format: 'json_object' };
  return dialect.format === 'json_object' ? { ...dialect, format: 'text' } : null;
}

/** The schema as the dialect sends it. */
export function dialectSchema(schema: JsonObject, dialect: Dialect): JsonObject {
  const dropped =
    dialect.schema === 'full' ? ['$schema', '$id', 'title'] : ['$schema', '$id', 'title', 'additionalProperties'];
  return without(schema, new Set(dropped)) as JsonObject;
}

function without(value: unknown, dropped: ReadonlySet<string>, isNames = false): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, dropped));
  if (typeof value !== 'object' || value === null) return value;
  // Below `properties` keys are names of fields and no words of the schema.
  const kept = Object.entries(value).filter(([key]) => isNames || !dropped.has(key));
  return Object.fromEntries(
    kept.map(([key, inner]) => [key, without(inner, dropped, !isNames && key === 'properties')]),
  );
}
