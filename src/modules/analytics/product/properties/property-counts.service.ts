import { Injectable } from '@nestjs/common';
import { localOffset } from '../../../../common/time/calendar.js';
import type { EventSelection } from '../event-selection.js';
import type { PropertyPath } from './property-filter.js';
import { PropertyGroupsRepository, type GroupKeys } from './property-groups.repository.js';
import { propertyText } from './property-text.js';
import { RawEventSourceRepository } from '../raw/raw-event-source.repository.js';
import { MAX_VALUES, tooManyValues } from '../raw/raw-event-stream.js';

/** A property that is counted by, and what stands where an event lacks it. */
export interface CountedProperty {
  path: PropertyPath;
  missing: string;
}

/** Events whose properties have these texts, in the order asked for. */
export interface TextCount {
  texts: string[];
  count: number;
}

export interface HourlyTextCount extends TextCount {
  /** Hour of the local day, 0 to 23. */
  hour: number;
}

/** Counts events by what their properties say, from raw events. */
@Injectable()
export class PropertyCountsService {
  constructor(
    private readonly groups: PropertyGroupsRepository,
    private readonly events: RawEventSourceRepository,
  ) {}

  /** In no order. @throws InvalidInputError when there are too many different ones */
  async countTexts(selection: EventSelection, properties: readonly CountedProperty[]): Promise<TextCount[]> {
    const counts = new Map<string, HourlyTextCount>();
    await this.addTo(counts, selection, properties, {});
    return [...counts.values()];
  }

  /**
   * By hour of the local day too, in no order; events without a time are left out.
   * Local clocks are read here and not by the database, whose table of time zones may be another.
   *
   * @throws InvalidInputError when there are too many different ones
   */
  async countTextsByHour(
    selection: EventSelection,
    properties: readonly CountedProperty[],
    timeZone: string,
  ): Promise<HourlyTextCount[]> {
    const counts = new Map<string, HourlyTextCount>();
    const { toExclusive } = selection.range;
    let { from } = selection.range;
    for (;;) {
      // From event to event, so that a lone one of long ago costs no walk through the years between.
      const first = await this.events.findEdge(
        { ...selection, filters: undefined, range: { from, toExclusive } },
        'first',
      );
      if (first === null) return [...counts.values()];
      const { offsetMs, until } = localOffset(first, timeZone);
      const end = Math.min(until, toExclusive ?? Infinity);
      const range = { from: first, toExclusive: end === Infinity ? null : end };
      await this.addTo(counts, { ...selection, range }, properties, { hourAtOffset: offsetMs });
      if (until >= (toExclusive ?? Infinity)) return [...counts.values()];
      from = until;
    }
  }

  private async addTo(
    counts: Map<string, HourlyTextCount>,
    selection: EventSelection,
    properties: readonly CountedProperty[],
    keys: Omit<GroupKeys, 'properties'>,
  ): Promise<void> {
    const paths = properties.map(({ path }) => path);
    for await (const groups of this.groups.stream(selection, { properties: paths, ...keys })) {
      for (const { values, hour, count } of groups) {
        const texts = properties.map(({ missing }, i) => propertyText(values[i]) ?? missing);
        const key = JSON.stringify([hour, ...texts]);
        const known = counts.get(key);
        if (known !== undefined) known.count += count;
        else if (counts.size >= MAX_VALUES) throw tooManyValues();
        else counts.set(key, { texts, hour, count });
      }
    }
  }
}
