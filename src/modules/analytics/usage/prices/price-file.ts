import { readFileSync } from 'node:fs';
import { Ajv, type ErrorObject } from 'ajv';
import { parseInstant } from '../../../../common/time/instant.js';
import { INPUT_BOUNDS } from './input-bounds.js';
import type { PricedModel, PricePeriod, TokenPrices } from './price-list.js';

const SCHEMA = new URL('../../../../../schemas/prices.schema.json', import.meta.url);
const MAX_PROBLEMS = 10;
/** A price per million tokens in USD has at most six decimals: then it is a whole number of pico-dollars a token. */
const PICO_PER_TOKEN = 1e6;

/** One message for each place that is wrong. */
export class PriceFileError extends Error {
  constructor(readonly problems: string[]) {
    super(problems.join('; '));
    this.name = 'PriceFileError';
  }
}

interface PricesJson {
  input: number;
  cachedInput?: number;
  output: number;
  reasoning?: number;
}

interface PeriodJson extends PricesJson {
  from?: string;
  until?: string;
  longInput?: PricesJson & { above: number };
}

interface ModelJson {
  name: string;
  aliases?: string[];
  prices: PeriodJson[];
}

interface ProviderJson {
  name: string;
  reasoning: 'inOutput' | 'apart';
  models: ModelJson[];
}

const validate = new Ajv({ allErrors: false, strict: true }).compile<{ providers: ProviderJson[] }>(
  JSON.parse(readFileSync(SCHEMA, 'utf8')) as object,
);

/**
 * The models of a price file, by `schemas/prices.schema.json` and what its description says beyond.
 * @throws PriceFileError
 */
export function parsePriceFile(text: string): PricedModel[] {
  const file = parseJson(text);
  if (!validate(file)) throw new PriceFileError((validate.errors ?? []).map(sentence));
  const problems: string[] = [];
  const models = file.providers.flatMap((provider) =>
    provider.models.map((model) => toModel(provider, model, (problem) => problems.push(`${model.name}: ${problem}`))),
  );
  problems.push(...doubleNames(models));
  if (problems.length > 0) throw new PriceFileError([...new Set(problems)].slice(0, MAX_PROBLEMS));
  return models;
}

/** `models` with those of `overrides` in the place of what bears the same name. */
export function overrideModels(models: readonly PricedModel[], overrides: readonly PricedModel[]): PricedModel[] {
  const taken = new Set(overrides.flatMap(namesOf));
  const kept = models
    .filter((model) => !taken.has(model.name.toLowerCase()))
    .map((model) => ({ ...model, aliases: model.aliases.filter((alias) => !taken.has(alias.toLowerCase())) }));
  return [...kept, ...overrides];
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new PriceFileError([`it is not JSON (${error instanceof Error ? error.message : String(error)})`]);
  }
}

function sentence({ instancePath, message, params }: ErrorObject): string {
  const extra = 'additionalProperty' in params ? ` ('${String(params.additionalProperty)}')` : '';
  return `${instancePath === '' ? 'the file' : instancePath} ${message ?? 'is not valid'}${extra}`;
}

function toModel(provider: ProviderJson, model: ModelJson, report: (problem: string) => void): PricedModel {
  const isApart = provider.reasoning === 'apart';
  const periods = model.prices.map((period) => toPeriod(period, isApart, report));
  periods.slice(1).forEach((period, i) => {
    const before = periods[i]!;
    if (before.until === null || before.until > period.from)
      report(`period ${i + 2} begins before period ${i + 1} ends`);
  });
  return { name: model.name, provider: provider.name, aliases: model.aliases ?? [], periods };
}

function toPeriod(period: PeriodJson, isApart: boolean, report: (problem: string) => void): PricePeriod {
  const instant = (text: string): number => {
    const parsed = parseInstant(text);
    if (parsed === null) report(`'${text}' is not a date of the calendar`);
    return parsed ?? 0;
  };
  const from = period.from === undefined ? -Infinity : instant(period.from);
  const until = period.until === undefined ? null : instant(period.until);
  if (until !== null && until <= from) report('a period ends before it begins');
  const long = period.longInput;
  if (long !== undefined && !INPUT_BOUNDS.includes(long.above))
    report(`longInput.above is ${long.above}, but must be one of ${INPUT_BOUNDS.join(', ')}`);
  return {
    from,
    until,
    ...toPrices(period, isApart, report),
    longInput: long === undefined ? null : { above: long.above, ...toPrices(long, isApart, report) },
  };
}

function toPrices(prices: PricesJson, isApart: boolean, report: (problem: string) => void): TokenPrices {
  if (!isApart && prices.reasoning !== undefined) report('reasoning has a price, but is counted within the output');
  const pico = (usd: number): bigint => {
    const whole = Math.round(usd * PICO_PER_TOKEN);
    if (whole / PICO_PER_TOKEN !== usd) report(`${usd} has more than six decimals`);
    return BigInt(whole);
  };
  return {
    input: pico(prices.input),
    cachedInput: pico(prices.cachedInput ?? prices.input),
    output: pico(prices.output),
    reasoning: isApart ? pico(prices.reasoning ?? prices.output) : null,
  };
}

function doubleNames(models: readonly PricedModel[]): string[] {
  const seen = new Set<string>();
  return models.flatMap(namesOf).flatMap((name) => {
    const isDouble = seen.has(name);
    seen.add(name);
    return isDouble ? [`the name '${name}' stands twice`] : [];
  });
}

function namesOf(model: PricedModel): string[] {
  return [model.name, ...model.aliases].map((name) => name.toLowerCase());
}
