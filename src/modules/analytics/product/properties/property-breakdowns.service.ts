import { Injectable } from '@nestjs/common';
import { bucketAt, countingSlices } from '../raw/counting-slices.js';
import type { EventSelection } from '../event-selection.js';
import type { PersonCount } from '../event-source.js';
import { personOf, undecidedIds } from '../person.js';
import type { PropertyPath } from './property-filter.js';
import { PropertyGroupsRepository, type EventGroup, type GroupKeys } from './property-groups.repository.js';
import { NONE, propertyText } from './property-text.js';
import { RawEventSourceRepository } from '../raw/raw-event-source.repository.js';
import { MAX_VALUES, tooManyValues } from '../raw/raw-event-stream.js';

/** Values that a breakdown lists. */
export const MAX_BREAKDOWN_VALUES = 25;
/** Values and event names that occur together, all of which are in memory until the ranking is known. */
const MAX_PAIRS = 5 * MAX_VALUES;

/** The most frequent values of a property, in that order, those of the same count by their text. */
export interface ValueRanking {
  values: string[];
  /** How many more values there are. */
  otherValues: number;
}

export interface NamesByValue extends ValueRanking {
  /** Events per name, for each of `values`. */
  names: ReadonlyMap<string, number>[];
}

/** The figures of reports for each of the most frequent values of a property, from raw events. */
@Injectable()
export class PropertyBreakdownsService {
  constructor(
    private readonly groups: PropertyGroupsRepository,
    private readonly events: RawEventSourceRepository,
  ) {}

  /** @throws InvalidInputError when there are too many values to rank */
  async rank(selection: EventSelection, path: PropertyPath): Promise<ValueRanking> {
    const counts = new Map<string, number>();
    for await (const [text, { count }] of this.walk(selection, path, {})) {
      counts.set(text, (counts.get(text) ?? 0) + count);
      if (counts.size > MAX_VALUES) throw tooManyValues();
    }
    return mostFrequent(counts);
  }

  /** Ranks by the events whose name is not left out. @throws InvalidInputError when there are too many values */
  async countByName(
    selection: EventSelection,
    path: PropertyPath,
    leftOut: readonly string[] = [],
  ): Promise<NamesByValue> {
    const excluded = new Set(leftOut);
    const counts = new Map<string, number>();
    const names = new Map<string, Map<string, number>>();
    let pairs = 0;
    for await (const [text, { eventName, count }] of this.walk(selection, path, { eventName: true })) {
      if (excluded.has(eventName)) continue;
      counts.set(text, (counts.get(text) ?? 0) + count);
      if (counts.size > MAX_VALUES || ++pairs > MAX_PAIRS) throw tooManyValues();
      const own = names.get(text) ?? new Map<string, number>();
      names.set(text, own.set(eventName, (own.get(eventName) ?? 0) + count));
    }
    const ranking = mostFrequent(counts);
    return { ...ranking, names: ranking.values.map((value) => names.get(value) ?? new Map<string, number>()) };
  }

  /** Distinct persons with an event of each value. A person may be counted for several. */
  async countPersons(
    selection: EventSelection,
    path: PropertyPath,
    values: readonly string[],
    conversionEvent?: string,
  ): Promise<PersonCount[]> {
    const positions = positionsOf(values);
    const persons = values.map(() => ({ total: new Set<string>(), converted: new Set<string>() }));
    const keys = { properties: [path], ids: true, marked: conversionEvent };
    for await (const rows of this.groups.stream(restrict(selection, path, values), keys)) {
      const links = await this.events.findLinks(selection.projectKey, undecidedIds(rows));
      for (const row of rows) {
        const person = personOf(row, links);
        const own = persons[positions.get(textOf(row)) ?? -1];
        if (person === null || own === undefined) continue;
        own.total.add(person);
        if (row.isMarked) own.converted.add(person);
      }
    }
    return persons.map(({ total, converted }) => ({ total: total.size, converted: converted.size }));
  }

  /** Events with a time in `[boundaries[i], boundaries[i + 1])`, for each value and each i. */
  async countByBucket(
    selection: EventSelection,
    path: PropertyPath,
    values: readonly string[],
    boundaries: readonly number[],
  ): Promise<number[][]> {
    const positions = positionsOf(values);
    const counts = values.map(() => new Array<number>(boundaries.length - 1).fill(0));
    for (const { from, toExclusive, stepMs } of countingSlices(boundaries)) {
      const slice = restrict({ ...selection, range: { from, toExclusive } }, path, values);
      for await (const [text, { time, count }] of this.walk(slice, path, { stepMs })) {
        const own = counts[positions.get(text) ?? -1];
        if (own !== undefined) own[bucketAt(boundaries, stepMs === 0 ? from : time)]! += count;
      }
    }
    return counts;
  }

  private async *walk(
    selection: EventSelection,
    path: PropertyPath,
    keys: Omit<GroupKeys, 'properties'>,
  ): AsyncGenerator<[text: string, group: EventGroup]> {
    for await (const groups of this.groups.stream(selection, { properties: [path], ...keys })) {
      for (const group of groups) yield [textOf(group), group];
    }
  }
}

function textOf(group: EventGroup): string {
  return propertyText(group.values[0]) ?? NONE;
}

function mostFrequent(counts: ReadonlyMap<string, number>): ValueRanking {
  const values = [...counts]
    .sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1))
    .slice(0, MAX_BREAKDOWN_VALUES)
    .map(([value]) => value);
  return { values, otherValues: counts.size - values.length };
}

function restrict(selection: EventSelection, path: PropertyPath, values: readonly string[]): EventSelection {
  return { ...selection, filters: [...(selection.filters ?? []), { path, operator: 'in', texts: values }] };
}

function positionsOf(values: readonly string[]): Map<string, number> {
  return new Map(values.map((value, position) => [value, position]));
}
