import { Injectable } from '@nestjs/common';
import { mongo } from 'mongoose';
import { OPERATION_TIMEOUT_MS, REPORT_TIMEOUT_MS } from '../../../../infra/mongo/mongo-options.js';
import { WriteCommands } from '../../../../infra/mongo/write-commands.js';

const COLLECTION = 'events';
const EVENTS_PER_COMMAND = 1000;
const BATCH_SIZE = 5000;
const INDEXES = {
  timestamp: { projectKey: 1, timestamp: 1 },
  receivedAt: { projectKey: 1, receivedAt: 1 },
} as const;

/** Events of a project in one order; of each instant all or none. */
export interface EventStretch {
  order: 'timestamp' | 'receivedAt';
  from: Date;
  /** `null`: to the end. */
  toExclusive: Date | null;
  /** Only events without a readable time; in the order of receipt. */
  onlyWithoutTime?: boolean;
}

/** What a removal needs to know of an event. */
export interface StoredIds {
  key: Uint8Array;
  userId: string | null;
  anonymousId: string | null;
  /** `null`: no readable time. */
  timestamp: Date | null;
  /** `null`: the old server has not written one. */
  receivedAt: Date | null;
}

interface StoredEvent {
  _id: mongo.Binary;
  userId?: string | null;
  anonymousId?: string | null;
  timestamp?: Date | null;
  receivedAt?: Date | null;
}

/** Finds and deletes events in steps, each within the time limit of an ordinary operation. */
@Injectable()
export class EventRemovalRepository {
  constructor(private readonly commands: WriteCommands) {}

  /** The instant of the event that follows the first `count` of the stretch; `null`: there are not so many. */
  async findBoundary(projectKey: string, stretch: EventStretch, count: number): Promise<Date | null> {
    const { order } = stretch;
    // Without the condition on the time: only what the index holds may be asked for, or each event would be fetched.
    const [row] = await this.list(stretch, inStretch(projectKey, { ...stretch, onlyWithoutTime: false }), {
      projection: { _id: 0, [order]: 1 },
      sort: { [order]: 1 },
      skip: count,
      limit: 1,
    });
    return row?.[order] ?? null;
  }

  /** Events of the stretch that carry one of these ids. */
  async listWithIds(
    projectKey: string,
    stretch: EventStretch,
    userIds: readonly string[],
    anonymousIds: readonly string[],
  ): Promise<StoredIds[]> {
    const carries: mongo.Filter<StoredEvent>[] = [];
    if (userIds.length > 0) carries.push({ userId: { $in: [...userIds] } });
    if (anonymousIds.length > 0) carries.push({ anonymousId: { $in: [...anonymousIds] } });
    if (carries.length === 0) return [];
    const filter = { ...inStretch(projectKey, stretch), $or: carries };
    const projection = { userId: 1, anonymousId: 1, timestamp: 1, receivedAt: 1 };
    const rows = await this.list(stretch, filter, { projection });
    return rows.map(toStoredIds);
  }

  /** Keys of the events of the stretch that were received before. */
  async listKeys(projectKey: string, stretch: EventStretch, receivedBefore: Date): Promise<Uint8Array[]> {
    // `$not`: what has no time of receipt is old.
    const filter = { $and: [inStretch(projectKey, stretch), { receivedAt: { $not: { $gte: receivedBefore } } }] };
    const rows = await this.list(stretch, filter, { projection: { _id: 1 } });
    return rows.map(({ _id }) => _id.buffer);
  }

  /** Durable when it resolves. */
  async delete(keys: readonly Uint8Array[]): Promise<void> {
    for (let start = 0; start < keys.length; start += EVENTS_PER_COMMAND) {
      const some = keys.slice(start, start + EVENTS_PER_COMMAND).map((key) => new mongo.Binary(key));
      await this.commands.count({
        delete: COLLECTION,
        deletes: [{ q: { _id: { $in: some } }, limit: 0 }],
        writeConcern: this.commands.durable,
      });
    }
  }

  private async list(
    stretch: EventStretch,
    filter: mongo.Filter<StoredEvent>,
    options: mongo.FindOptions,
  ): Promise<StoredEvent[]> {
    const limitMs = timeLimitOf(stretch);
    const hint = INDEXES[stretch.order];
    const events = this.commands.database.collection<StoredEvent>(COLLECTION);
    return this.commands.limited(
      (signal) =>
        events.find(filter, { ...options, hint, batchSize: BATCH_SIZE, maxTimeMS: limitMs, signal }).toArray(),
      limitMs,
    );
  }
}

function inStretch(projectKey: string, stretch: EventStretch): mongo.Filter<StoredEvent> {
  const { order, from, toExclusive, onlyWithoutTime } = stretch;
  const within = toExclusive === null ? { $gte: from } : { $gte: from, $lt: toExclusive };
  return { projectKey, ...(onlyWithoutTime === true && { timestamp: null }), [order]: within };
}

// The events of one instant cannot be divided; an import that knew only days may have a million of them.
function timeLimitOf({ from, toExclusive }: EventStretch): number {
  const isInstant = toExclusive !== null && toExclusive.getTime() - from.getTime() <= 1;
  return isInstant ? REPORT_TIMEOUT_MS : OPERATION_TIMEOUT_MS;
}

function toStoredIds({ _id, userId, anonymousId, timestamp, receivedAt }: StoredEvent): StoredIds {
  return {
    key: _id.buffer,
    // Empty texts of the old server stand for none.
    userId: userId || null,
    anonymousId: anonymousId || null,
    timestamp: timestamp ?? null,
    receivedAt: receivedAt ?? null,
  };
}
