import type { TimeRange } from '../../../../common/time/range.js';
import { bucketAt, countingSlices } from './counting-slices.js';
import { isCovered, type EventSelection } from '../event-selection.js';
import type { EventCount, EventSource, EventStream, PersonCount, TimeEdges } from '../event-source.js';
import { personOf, undecidedIds } from '../person.js';
import type { PropertyFilter, PropertyPath } from '../properties/property-filter.js';
import { RawEventStream } from './raw-event-stream.js';
import type { RawEventSourceRepository } from './raw-event-source.repository.js';

export interface RawEventOptions {
  /** Only events that pass all of these. */
  filters?: readonly PropertyFilter[];
  /** Streams group events by this property. */
  breakdown?: PropertyPath;
  /** Only events of this process; its runs (`processId`) stand for persons in streams. */
  processName?: string;
}

/** What the stored events say, counted anew at every call. */
export class RawEventSource implements EventSource {
  readonly kind = 'raw';

  constructor(
    private readonly repository: RawEventSourceRepository,
    private readonly projectKey: string,
    private readonly options: RawEventOptions = {},
  ) {}

  countByName(range: TimeRange): Promise<EventCount[]> {
    return this.repository.countByName(this.select(range));
  }

  async countByBucket(boundaries: readonly number[]): Promise<number[]> {
    const counts = boundaries.slice(1).map(() => 0);
    for (const slice of countingSlices(boundaries)) {
      for (const { time, count } of await this.repository.countByTime(this.select(slice), slice)) {
        counts[bucketAt(boundaries, time)]! += count;
      }
    }
    return counts;
  }

  async findEdges(range: TimeRange): Promise<TimeEdges | null> {
    const selection = this.select(range);
    const [first, last] = await Promise.all([
      this.repository.findEdge(selection, 'first'),
      this.repository.findEdge(selection, 'last'),
    ]);
    return first === null || last === null ? null : { first, last };
  }

  async countPersons(range: TimeRange, conversionEvent?: string): Promise<PersonCount> {
    const total = new Set<string>();
    const converted = new Set<string>();
    for await (const rows of this.repository.streamIds(this.select(range), conversionEvent)) {
      const links = await this.repository.findLinks(this.projectKey, undecidedIds(rows));
      for (const row of rows) {
        const person = personOf(row, links);
        if (person === null) continue;
        total.add(person);
        if (row.converted) converted.add(person);
      }
    }
    return { total: total.size, converted: converted.size };
  }

  /** Events must be looked at for their persons anyway; without filters their names alone are quicker from an index. */
  async countTotals(range: TimeRange): Promise<{ names: EventCount[]; persons: PersonCount }> {
    const selection = this.select(range);
    if (isCovered(selection)) {
      const [names, persons] = await Promise.all([this.countByName(range), this.countPersons(range)]);
      return { names, persons };
    }
    const counts = new Map<string, number>();
    const total = new Set<string>();
    for await (const rows of this.repository.streamIdNames(selection)) {
      const links = await this.repository.findLinks(this.projectKey, undecidedIds(rows));
      for (const row of rows) {
        counts.set(row.eventName, (counts.get(row.eventName) ?? 0) + row.count);
        const person = personOf(row, links);
        if (person !== null) total.add(person);
      }
    }
    return {
      names: [...counts].map(([eventName, count]) => ({ eventName, count })),
      persons: { total: total.size, converted: 0 },
    };
  }

  stream(range: TimeRange, names?: readonly string[]): EventStream {
    return new RawEventStream(this.repository, { ...this.select(range), names }, this.options.breakdown);
  }

  private select(range: TimeRange): EventSelection {
    const { filters, processName } = this.options;
    return { projectKey: this.projectKey, range, filters, processName };
  }
}
