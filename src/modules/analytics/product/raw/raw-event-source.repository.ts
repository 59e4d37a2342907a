import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';
import type { CountingSlice, TimeCount } from './counting-slices.js';
import { BY_NAME, BY_TIME, isCovered, matching, matchingTimed, type EventSelection } from '../event-selection.js';
import type { EventCount } from '../event-source.js';
import type { EventIds, IdentityLinks } from '../person.js';
import { propertyLabel } from '../properties/property-expression.js';
import type { PropertyPath } from '../properties/property-filter.js';
import { ID_GROUP, idsOf, type IdGroup } from './id-groups.js';
import { BATCH_SIZE, batchesOf, SCAN } from './report-cursor.js';
import { beginReading } from './report-run.js';

/** What of an event the reports read. */
interface StoredEvent {
  projectKey: string;
  eventName: string;
  timestamp: Date | null;
  userId?: string;
  anonymousId?: string;
  processName?: string;
  processId?: string;
}

interface StoredLink {
  _id: { p: string; a: string };
  userId: string;
}

/** Distinct ids of events, and whether one of these events had the name asked for. */
export interface IdsRow extends EventIds {
  converted: boolean;
}

/** Events of one name with the same ids. */
export interface IdNameRow extends EventIds {
  eventName: string;
  count: number;
}

export interface EventRow extends EventIds {
  eventName: string;
  timestamp: Date;
  /** Instead of the other ids where events of a process are asked for. */
  processId?: string;
  /** The property of the breakdown, as `propertyText` takes it. */
  label?: [unknown];
}

/** Reads events and identity links for the product reports; writes nothing. */
@Injectable()
export class RawEventSourceRepository {
  constructor(@InjectConnection() private readonly connection: Connection) {}

  /** Events per name, unordered. Answered from the index alone unless properties are asked about. */
  async countByName(selection: EventSelection): Promise<EventCount[]> {
    const limits = await beginReading();
    const rows = await this.events()
      .aggregate<{ _id: string; count: number }>(
        [{ $match: matching(selection) }, { $group: { _id: '$eventName', count: { $sum: 1 } } }],
        { ...SCAN, ...limits, hint: isCovered(selection) ? BY_NAME : BY_TIME },
      )
      .toArray();
    return rows.map(({ _id, count }) => ({ eventName: _id, count }));
  }

  /** The distinct ids of events, in batches: of users by userId, of others by anonymousId. */
  async *streamIds(selection: EventSelection, conversionEvent?: string): AsyncGenerator<IdsRow[]> {
    const limits = await beginReading();
    const converted =
      conversionEvent === undefined
        ? {}
        : { converted: { $max: { $eq: ['$eventName', { $literal: conversionEvent }] } } };
    const cursor = this.events().aggregate<{ _id: IdGroup; converted?: boolean }>(
      [{ $match: matching(selection) }, { $group: { _id: ID_GROUP, ...converted } }],
      { ...SCAN, ...limits, hint: BY_TIME },
    );
    for await (const rows of batchesOf(cursor)) {
      yield rows.map(({ _id, converted }) => ({ ...idsOf(_id), converted: converted === true }));
    }
  }

  /** Events per name of each of the distinct ids of events, in batches and in no order. */
  async *streamIdNames(selection: EventSelection): AsyncGenerator<IdNameRow[]> {
    const limits = await beginReading();
    const cursor = this.events().aggregate<{ _id: { p: IdGroup; n: string }; count: number }>(
      [{ $match: matching(selection) }, { $group: { _id: { p: ID_GROUP, n: '$eventName' }, count: { $sum: 1 } } }],
      { ...SCAN, ...limits, hint: BY_TIME },
    );
    for await (const rows of batchesOf(cursor)) {
      yield rows.map(({ _id, count }) => ({ ...idsOf(_id.p), eventName: _id.n, count }));
    }
  }

  async findLinks(projectKey: string, anonymousIds: readonly string[]): Promise<IdentityLinks> {
    if (anonymousIds.length === 0) return new Map();
    const limits = await beginReading();
    const ids = anonymousIds.map((anonymousId) => ({ p: projectKey, a: anonymousId }));
    const links = await this.connection
      .collection<StoredLink>('identity_links')
      .find({ _id: { $in: ids } }, { ...limits, batchSize: BATCH_SIZE, projection: { userId: 1 } })
      .toArray();
    return new Map(links.map((link) => [link._id.a, link.userId]));
  }

  /** Time of the first or last event with a time. */
  async findEdge(selection: EventSelection, edge: 'first' | 'last'): Promise<number | null> {
    const limits = await beginReading();
    const event = await this.events().findOne(matchingTimed(selection), {
      ...limits,
      hint: selection.names?.length === 1 ? BY_NAME : BY_TIME,
      sort: { timestamp: edge === 'first' ? 1 : -1 },
      projection: { _id: 0, timestamp: 1 },
    });
    return event?.timestamp?.getTime() ?? null;
  }

  /** Events with a time per step of the slice. Answered from the index alone unless properties are asked about. */
  async countByTime(selection: EventSelection, { from, toExclusive, stepMs }: CountingSlice): Promise<TimeCount[]> {
    const limits = await beginReading();
    const step = { $floor: { $divide: [{ $toLong: '$timestamp' }, stepMs] } };
    const rows = await this.events()
      .aggregate<{ _id: number | null; count: number }>(
        [
          { $match: matchingTimed({ ...selection, range: { from, toExclusive } }) },
          { $group: { _id: stepMs === 0 ? null : step, count: { $sum: 1 } } },
        ],
        { ...SCAN, ...limits, hint: BY_TIME },
      )
      .toArray();
    return rows.map(({ _id, count }) => ({ time: _id === null ? from : _id * stepMs, count }));
  }

  /**
   * Events with a time, by time, in batches. Each name's stretch of the index is in order already, so they are merged
   * and never sorted. `breakdown`: a property to read along.
   */
  async *streamEvents(selection: EventSelection, breakdown?: PropertyPath): AsyncGenerator<EventRow[]> {
    const limits = await beginReading();
    const ids = selection.processName === undefined ? { userId: 1, anonymousId: 1 } : { processId: 1 };
    const cursor = this.events().find<EventRow>(matchingTimed(selection), {
      ...limits,
      hint: selection.names === undefined ? BY_TIME : BY_NAME,
      sort: { timestamp: 1 },
      batchSize: BATCH_SIZE,
      projection: {
        _id: 0,
        eventName: 1,
        timestamp: 1,
        ...ids,
        // In a list, so that an absent value is `null`.
        ...(breakdown !== undefined && { label: [propertyLabel(breakdown)] }),
      },
    });
    yield* batchesOf(cursor);
  }

  private events() {
    return this.connection.collection<StoredEvent>('events');
  }
}
