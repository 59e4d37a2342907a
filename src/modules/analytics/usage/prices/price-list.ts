import { modelNames } from './model-names.js';

/**
 * Whole pico-dollars (10⁻¹² USD) for one token of each class. The classes are disjoint: a token is billed once.
 * Prices per million tokens with up to six decimals are whole numbers here, so a cost is exact.
 */
export interface TokenPrices {
  /** Fresh input: what is left of the input when cached tokens are taken out. */
  input: bigint;
  cachedInput: bigint;
  output: bigint;
  /** `null`: reasoning is part of the output count, as OpenAI and Anthropic report it. */
  reasoning: bigint | null;
}

export interface PricePeriod extends TokenPrices {
  /** Epoch milliseconds; inclusive. */
  from: number;
  /** Exclusive; `null`: until further notice. */
  until: number | null;
  /** Prices of the whole call when its input, cached tokens included, is longer than `above` tokens. */
  longInput: (TokenPrices & { above: number }) | null;
}

export interface PricedModel {
  /** The name under which the model stands in the price file. */
  name: string;
  provider: string;
  aliases: readonly string[];
  periods: readonly PricePeriod[];
}

/** What the models cost, fixed once made: a reload makes another one. */
export class PriceList {
  /** Every instant at which some price begins or ends, in order. Epoch milliseconds. */
  readonly changes: readonly number[];

  private readonly byName = new Map<string, PricedModel>();

  constructor(readonly models: readonly PricedModel[]) {
    for (const model of models) {
      for (const name of [model.name, ...model.aliases]) this.byName.set(name.toLowerCase(), model);
    }
    this.changes = boundsOf(models);
  }

  /** Of `changes` those that concern calls of these models, named as calls name them. */
  changesOf(names: Iterable<string>): readonly number[] {
    const models = new Set<PricedModel>();
    for (const name of names) {
      const model = this.find(name);
      if (model !== null) models.add(model);
    }
    return boundsOf(models);
  }

  /** The model that a call names, also by a dated snapshot such as `gpt-4.1-mini-2025-04-14`; `null` when unknown. */
  find(model: string): PricedModel | null {
    for (const name of modelNames(model)) {
      const found = this.byName.get(name);
      if (found !== undefined) return found;
    }
    return null;
  }

  /** A name for a metric's label, one of few: that of the price file, or `other`. */
  labelOf(model: string): string {
    return this.find(model)?.name ?? 'other';
  }
}

function boundsOf(models: Iterable<PricedModel>): number[] {
  const bounds = new Set<number>();
  for (const { periods } of models) {
    for (const { from, until } of periods) bounds.add(from).add(until ?? Infinity);
  }
  return [...bounds].filter(Number.isFinite).sort((a, b) => a - b);
}
