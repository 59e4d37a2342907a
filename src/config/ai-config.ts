import type { AiConfig } from './app.config.js';
import type { EnvReader } from './env-reader.js';

const GEMINI_BASE_URL = 'https://generativelanguage.googleapis.com/v1beta/openai/';
const DEFAULT_OPENAI_MODEL = 'gpt-4.1-mini';
const DEFAULT_GEMINI_MODEL = 'gemini-2.5-flash';

/** OpenAI, or a server that speaks its protocol, wins over Gemini where both are configured. */
export function readAi(reader: EnvReader): AiConfig {
  const gemini = {
    baseUrl: readUrl(reader, 'GEMINI_BASE_URL') ?? GEMINI_BASE_URL,
    model: reader.text('GEMINI_MODEL') ?? DEFAULT_GEMINI_MODEL,
  };
  const openAiKey = reader.text('OPENAI_API_KEY');
  const openAiUrl = readUrl(reader, 'OPENAI_BASE_URL');
  const geminiKey = reader.text('GEMINI_API_KEY');
  const limits = {
    temperature: readTemperature(reader),
    maxTokens: reader.integer('OPENAI_MAX_TOKENS', 4000, 1, 1_000_000),
    timeoutMs: reader.integer('AI_TIMEOUT_MS', 60_000, 100, 600_000),
  };
  const openAiModel = reader.text('OPENAI_MODEL') ?? DEFAULT_OPENAI_MODEL;
  // A server of one's own (Ollama, vLLM) needs no key.
  if (openAiKey !== undefined || openAiUrl !== undefined) {
    return { provider: 'openai', apiKey: openAiKey, baseUrl: openAiUrl, model: openAiModel, ...limits, gemini };
  }
  if (geminiKey !== undefined) {
    return { provider: 'gemini', apiKey: geminiKey, ...gemini, ...limits, gemini };
  }
  return { provider: null, model: openAiModel, ...limits, gemini };
}

function readTemperature(reader: EnvReader): number {
  const raw = reader.text('OPENAI_TEMPERATURE');
  if (raw === undefined) return 0.3;
  const value = Number(raw);
  if (Number.isFinite(value) && value >= 0 && value <= 2) return value;
  reader.problems.push('OPENAI_TEMPERATURE must be a number from 0 to 2');
  return 0.3;
}

function readUrl(reader: EnvReader, name: string): string | undefined {
  const raw = reader.text(name);
  if (raw === undefined || /^https?:\/\/[^/]/.test(raw)) return raw;
  reader.problems.push(`${name} must begin with http:// or https://`);
  return undefined;
}
