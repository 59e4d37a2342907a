import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { CallSeries } from '../calls/call-series.js';
import type { UsageTransaction } from '../usage-transaction.repository.js';
import { CallSeriesRepository, type NumberedSeries } from './call-series.repository.js';

/** More than models have names; clients choose them, so it is bounded. */
const REMEMBERED = 20_000;

/** The series of AI calls by their numbers, which never change. */
@Injectable()
export class CallSeriesNames {
  private readonly numbers = new LRUCache<string, number>({ max: REMEMBERED });
  private readonly series = new LRUCache<number, NumberedSeries>({ max: REMEMBERED });

  constructor(private readonly repository: CallSeriesRepository) {}

  /** A number for each series, by `seriesKey`; those that are new get one. */
  async numbersOf(series: Iterable<CallSeries>): Promise<Map<string, number>> {
    const wanted = new Map([...series].map((one) => [seriesKey(one), one]));
    const found = new Map<string, number>();
    for (const key of wanted.keys()) {
      const number = this.numbers.get(key);
      if (number !== undefined) found.set(key, number);
    }
    const missing = () => [...wanted].filter(([key]) => !found.has(key)).map(([, one]) => one);
    const add = (rows: readonly NumberedSeries[]) => {
      for (const row of rows) {
        this.learn(row);
        found.set(seriesKey(row), row.id);
      }
    };
    if (missing().length > 0) add(await this.repository.find(missing()));
    if (missing().length > 0) {
      await this.repository.create(missing());
      add(await this.repository.find(missing()));
    }
    return found;
  }

  /** What the numbers stand for. */
  async seriesOf(transaction: UsageTransaction, ids: Iterable<number>): Promise<Map<number, NumberedSeries>> {
    const found = new Map<number, NumberedSeries>();
    const missing = new Set<number>();
    for (const id of ids) {
      const known = this.series.get(id);
      if (known === undefined) missing.add(id);
      else found.set(id, known);
    }
    if (missing.size === 0) return found;
    for (const row of await this.repository.list(transaction, [...missing])) {
      this.learn(row);
      found.set(row.id, row);
    }
    return found;
  }

  async listAll(): Promise<NumberedSeries[]> {
    return this.repository.listAll();
  }

  /** The models of all series, at most `limit`. */
  async listModels(transaction: UsageTransaction, limit: number): Promise<string[]> {
    return this.repository.listModels(transaction, limit);
  }

  async callTypesOf(transaction: UsageTransaction, model: string): Promise<string[]> {
    return this.repository.listCallTypes(transaction, model);
  }

  private learn(row: NumberedSeries): void {
    this.numbers.set(seriesKey(row), row.id);
    this.series.set(row.id, row);
  }
}

export function seriesKey({ provider, model, callType, split, inputAbove }: CallSeries): string {
  return JSON.stringify([provider, model, callType, split, inputAbove]);
}
