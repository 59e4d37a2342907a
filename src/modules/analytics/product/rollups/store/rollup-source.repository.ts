import { Injectable } from '@nestjs/common';
import type { mongo } from 'mongoose';
import { MAX_INSTANT } from '../../../../../common/time/instant.js';
import { dayStart, NO_TIME_DAY } from '../../day.js';
import { RollupWrites } from './rollup-writes.repository.js';

const BY_TIME = { projectKey: 1, timestamp: 1 } as const;
// Small enough not to hold the event loop while they are decoded.
const EVENTS_PER_BATCH = 2000;
const LINKS_PER_BATCH = 2000;
const EVENT_FIELDS = { _id: 0, eventName: 1, timestamp: 1, userId: 1, anonymousId: 1, epoch: 1 } as const;

/** What rollups need to know of a stored event. Names and ids of old ones may be of any type. */
export interface SourceEvent {
  eventName: unknown;
  timestamp?: Date | null;
  userId?: unknown;
  anonymousId?: unknown;
  /** Absent: stored before there were epochs. */
  epoch?: { toHexString(): string };
}

export interface SourceLink {
  anonymousId: string;
  userId: string;
}

interface LinkDocument {
  _id: { p: string; a: string };
  userId: string;
}

/** Reads what rollups are made from: raw events and identity links. */
@Injectable()
export class RollupSourceRepository {
  constructor(private readonly writes: RollupWrites) {}

  /** The first day from this one on that has events with a time; `null`: there is none. */
  async findDay(projectKey: string, from: number): Promise<Date | null> {
    const timestamp = { $gte: new Date(Math.max(dayStart(from), -MAX_INSTANT)) };
    const found = await this.events.findOne(
      { projectKey, timestamp },
      { hint: BY_TIME, sort: { timestamp: 1 }, projection: { _id: 0, timestamp: 1 } },
    );
    return found?.timestamp ?? null;
  }

  async hasEvents(projectKey: string): Promise<boolean> {
    return (
      (await this.events.findOne({ projectKey }, { hint: BY_TIME, projection: { _id: 0, projectKey: 1 } })) !== null
    );
  }

  /** The events of one day by time, in batches. */
  async *streamDay(projectKey: string, day: number, signal: AbortSignal): AsyncGenerator<SourceEvent[]> {
    const timestamp =
      day === NO_TIME_DAY
        ? null
        : { $gte: new Date(Math.max(dayStart(day), -MAX_INSTANT)), $lt: new Date(dayStart(day + 1)) };
    const cursor = this.events.find(
      { projectKey, timestamp },
      { hint: BY_TIME, sort: { timestamp: 1 }, projection: EVENT_FIELDS, batchSize: EVENTS_PER_BATCH, signal },
    );
    yield* inBatches(cursor as unknown as mongo.FindCursor<SourceEvent>);
  }

  /** Projects that have events. Jumps from key to key in an index. */
  async listProjects(): Promise<string[]> {
    const groups = this.events.aggregate<{ _id: string }>([
      { $sort: { projectKey: 1 } },
      { $group: { _id: '$projectKey' } },
    ]);
    return (await groups.toArray()).map(({ _id }) => _id);
  }

  /** The links of these anonymousIds that there are. */
  async listLinks(projectKey: string, anonymousIds: readonly string[]): Promise<SourceLink[]> {
    const links: SourceLink[] = [];
    for (let start = 0; start < anonymousIds.length; start += LINKS_PER_BATCH) {
      const ids = anonymousIds.slice(start, start + LINKS_PER_BATCH).map((a) => ({ p: projectKey, a }));
      const found = await this.links.find({ _id: { $in: ids } }, { batchSize: ids.length + 1 }).toArray();
      links.push(...found.map(toLink));
    }
    return links;
  }

  /** All links of the project, in batches. */
  async *streamLinks(projectKey: string, signal: AbortSignal): AsyncGenerator<SourceLink[]> {
    // Every text sorts before every object: a range on the stored key, so that its own index serves.
    const range = { $gte: { p: projectKey, a: '' }, $lt: { p: projectKey, a: {} } };
    const cursor = this.links.find({ _id: range } as never, { batchSize: LINKS_PER_BATCH, signal });
    for await (const documents of inBatches(cursor)) yield documents.map(toLink);
  }

  private get events(): mongo.Collection<{ projectKey: string; timestamp: Date | null }> {
    return this.writes.database.collection('events');
  }

  private get links(): mongo.Collection<LinkDocument> {
    return this.writes.database.collection<LinkDocument>('identity_links');
  }
}

/** The cursor's documents as they arrive, the next batch being fetched while the reader works on the last. */
async function* inBatches<T>(cursor: mongo.FindCursor<T>): AsyncGenerator<T[]> {
  let next = cursor.hasNext();
  try {
    while (await next) {
      const batch = cursor.readBufferedDocuments() as T[];
      next = cursor.hasNext();
      // Its failure is met by the next `await`, or does not matter any more.
      next.catch(() => undefined);
      yield batch;
    }
  } finally {
    await next.catch(() => undefined);
    await cursor.close();
  }
}

function toLink({ _id, userId }: LinkDocument): SourceLink {
  return { anonymousId: _id.a, userId };
}
