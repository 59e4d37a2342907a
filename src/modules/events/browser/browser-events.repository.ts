import { Injectable } from '@nestjs/common';
import type { mongo } from 'mongoose';
import { REPORT_TIMEOUT_MS } from '../../../infra/mongo/mongo-options.js';
import { WriteCommands } from '../../../infra/mongo/write-commands.js';
import type { BrowserEventRow, EventFilter } from './browser-event-row.js';
import type { StoredBrowserEvent } from './browser-event.schema.js';
import type { ColumnEvent } from './days/event-columns.js';

const COLLECTION = 'browser_events';
const BY_TIME = { userId: 1, timestamp: 1, _id: 1 } as const;
const BY_TYPE = { userId: 1, type: 1, timestamp: 1, _id: 1 } as const;
const BY_DOMAIN = { userId: 1, domain: 1, timestamp: 1, _id: 1 } as const;
const NEWEST_FIRST = { timestamp: -1, _id: -1 } as const;
const OLDEST_FIRST = { timestamp: 1, _id: 1 } as const;
const BATCH_SIZE = 1000;
const COLUMN_BATCH_SIZE = 5000;

const COLUMN_FIELDS = {
  _id: 0,
  timestamp: 1,
  type: 1,
  domain: 1,
  tabId: 1,
  windowId: 1,
  state: 1,
  device: 1,
  // Only whether there is one.
  hasAddress: { $gt: ['$url', null] },
} as const;

@Injectable()
export class BrowserEventsRepository {
  constructor(private readonly commands: WriteCommands) {}

  /** The newest first. */
  async list(userId: string, filter: EventFilter, limit: number, skip: number): Promise<BrowserEventRow[]> {
    const found = this.collection.find(toQuery(userId, filter), {
      projection: { payload: 0 },
      hint: indexFor(filter),
      sort: NEWEST_FIRST,
      skip,
      limit,
      batchSize: limit + 1,
      maxTimeMS: REPORT_TIMEOUT_MS,
    });
    return (await found.toArray()).map(toRow);
  }

  async count(userId: string, filter: EventFilter): Promise<number> {
    return this.collection.countDocuments(toQuery(userId, filter), {
      hint: indexFor(filter),
      maxTimeMS: REPORT_TIMEOUT_MS,
    });
  }

  /** With their payloads, the oldest first. */
  async *stream(
    userId: string,
    filter: EventFilter,
  ): AsyncGenerator<BrowserEventRow & { payload: Record<string, unknown> }> {
    const options = { hint: indexFor(filter), sort: OLDEST_FIRST, batchSize: BATCH_SIZE };
    for await (const event of this.collection.find(toQuery(userId, filter), options)) {
      yield { ...toRow(event), payload: event.payload };
    }
  }

  /** What reports need of the events in `[from, toExclusive)`, in batches, the oldest first. Epoch milliseconds. */
  async *streamColumns(userId: string, from: number, toExclusive: number): AsyncGenerator<ColumnEvent[]> {
    const cursor = this.collection.find(toQuery(userId, { from, toExclusive }), {
      projection: COLUMN_FIELDS,
      hint: BY_TIME,
      sort: OLDEST_FIRST,
      batchSize: COLUMN_BATCH_SIZE,
      maxTimeMS: REPORT_TIMEOUT_MS,
    });
    try {
      while (await cursor.hasNext()) {
        yield (cursor.readBufferedDocuments() as unknown as StoredColumns[]).map(toColumnEvent);
      }
    } finally {
      await cursor.close();
    }
  }

  /** When the first event of `[from, toExclusive)` happened; `null`: there is none. Epoch milliseconds. */
  async findNext(userId: string, from: number, toExclusive: number | null = null): Promise<number | null> {
    const event = await this.collection.findOne(toQuery(userId, { from, toExclusive }), {
      projection: { _id: 0, timestamp: 1 },
      hint: BY_TIME,
      sort: OLDEST_FIRST,
    });
    return event?.timestamp.getTime() ?? null;
  }

  private get collection(): mongo.Collection<StoredBrowserEvent> {
    return this.commands.database.collection<StoredBrowserEvent>(COLLECTION);
  }
}

type StoredColumns = Pick<
  StoredBrowserEvent,
  'timestamp' | 'type' | 'domain' | 'tabId' | 'windowId' | 'state' | 'device'
> & {
  hasAddress: boolean;
};

function toRow(event: StoredBrowserEvent): BrowserEventRow {
  return {
    id: event.eventId,
    userId: event.userId,
    type: event.type,
    timestamp: event.timestamp,
    domain: event.domain ?? null,
    tabId: event.tabId ?? null,
    windowId: event.windowId ?? null,
    url: event.url ?? null,
    title: event.title ?? null,
  };
}

function toColumnEvent(event: StoredColumns): ColumnEvent {
  return {
    at: event.timestamp.getTime(),
    type: event.type,
    domain: event.domain ?? null,
    hasAddress: event.hasAddress,
    tabId: event.tabId ?? null,
    windowId: event.windowId ?? null,
    state: event.state ?? null,
    device: event.device ?? null,
  };
}

function toQuery(
  userId: string,
  { from = null, toExclusive = null, type, domain }: EventFilter,
): mongo.Filter<StoredBrowserEvent> {
  const bounds = {
    ...(from !== null && { $gte: new Date(from) }),
    ...(toExclusive !== null && { $lt: new Date(toExclusive) }),
  };
  return {
    userId,
    ...(type !== undefined && { type }),
    ...(domain !== undefined && { domain }),
    ...(Object.keys(bounds).length > 0 && { timestamp: bounds }),
  };
}

function indexFor({ type, domain }: EventFilter): mongo.IndexSpecification & object {
  if (domain !== undefined) return BY_DOMAIN;
  return type === undefined ? BY_TIME : BY_TYPE;
}
