import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { UsageTransaction } from '../usage-transaction.repository.js';
import { UsageNamesRepository, type NameKind } from './usage-names.repository.js';

const REMEMBERED_USERS = 100_000;
/** Clients choose the names of projects, models and kinds too, but few. */
const REMEMBERED_OTHERS = 10_000;

/**
 * Numbers that stand for names in all other rows: smaller than names, and a person is forgotten by forgetting one name.
 * A number never changes, so it may be remembered.
 */
@Injectable()
export class UsageNames {
  private readonly known: Record<NameKind, LRUCache<string, number>> = {
    // Not by `max`, for which it would take memory for all of them at once.
    user: new LRUCache({ maxSize: REMEMBERED_USERS, sizeCalculation: () => 1 }),
    project: new LRUCache({ max: REMEMBERED_OTHERS }),
    call_type: new LRUCache({ max: REMEMBERED_OTHERS }),
    latency: new LRUCache({ max: REMEMBERED_OTHERS }),
  };

  constructor(private readonly names: UsageNamesRepository) {}

  /** A number for every name; those that are new get one, which stays whatever becomes of the caller's work. */
  async numbersOf(kind: NameKind, names: Iterable<string>): Promise<Map<string, number>> {
    const { numbers, missing } = this.recall(kind, names);
    if (missing.length === 0) return numbers;
    const found = await this.names.find(kind, missing);
    const unknown = missing.filter((name) => !found.has(name));
    if (unknown.length > 0) {
      await this.names.create(kind, unknown);
      for (const [name, number] of await this.names.find(kind, unknown)) found.set(name, number);
    }
    this.learn(kind, found);
    for (const [name, number] of found) numbers.set(name, number);
    return numbers;
  }

  /** `null`: nobody has named it yet. */
  async find(kind: NameKind, name: string, transaction?: UsageTransaction): Promise<number | null> {
    const { numbers, missing } = this.recall(kind, [name]);
    if (missing.length === 0) return numbers.get(name)!;
    const found = await this.names.find(kind, [name], transaction);
    this.learn(kind, found);
    return found.get(name) ?? null;
  }

  /** The number no longer leads to a person, whose name a later row may bring with another number. */
  async forget(kind: NameKind, name: string, alias: string): Promise<void> {
    const number = await this.find(kind, name);
    this.known[kind].delete(name);
    if (number !== null) await this.names.rename(number, alias);
  }

  private recall(kind: NameKind, names: Iterable<string>): { numbers: Map<string, number>; missing: string[] } {
    const numbers = new Map<string, number>();
    const missing = new Set<string>();
    for (const name of names) {
      if (numbers.has(name)) continue;
      const number = this.known[kind].get(name);
      if (number === undefined) missing.add(name);
      else numbers.set(name, number);
    }
    return { numbers, missing: [...missing] };
  }

  private learn(kind: NameKind, numbers: ReadonlyMap<string, number>): void {
    for (const [name, number] of numbers) this.known[kind].set(name, number);
  }
}
