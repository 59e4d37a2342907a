import { Injectable } from '@nestjs/common';
import { mongo } from 'mongoose';
import { REPORT_TIMEOUT_MS } from '../../../infra/mongo/mongo-options.js';
import { throwFirst, WriteCommands } from '../../../infra/mongo/write-commands.js';
import {
  BY_GROUP,
  listEnds,
  listGroups,
  listLast,
  pick,
  toBuffer,
  toOrder,
  type DayEnd,
  type LastWriteQuery,
} from './activity-index.repository.js';
import type { GroupKey, PackedGroup, StoredWrite, WriteOrder } from './packed-group.js';

const COLLECTION = 'activity_writes';
const DUPLICATE_KEY = 11000;
/** The database replaces it by the moment of the insert, which differs for every document and only grows. */
const GIVEN_BY_THE_DATABASE = new mongo.Timestamp(0n);

interface WriteDocument {
  _id: mongo.ObjectId;
  org: string;
  user: string;
  measurement: string;
  day: number;
  end: number;
  at: mongo.Timestamp;
  count: number;
  points: mongo.Binary;
}

/** How many writes of a group wait to be gathered. */
export interface PendingGroup extends GroupKey {
  day: number;
  writes: number;
  /** Of the first of them. */
  oldest: WriteOrder;
}

/** Points as they were written, in their order. */
@Injectable()
export class ActivityWritesRepository {
  constructor(private readonly commands: WriteCommands) {}

  /** Bytes to hand over to `insert`. */
  encode(group: PackedGroup): Uint8Array {
    const { org, user, measurement, day, end, count, points } = group;
    const _id = new mongo.ObjectId();
    const at = GIVEN_BY_THE_DATABASE;
    return mongo.BSON.serialize({ _id, org, user, measurement, day, end, at, count, points: new mongo.Binary(points) });
  }

  /** Durable when it resolves: in the journal (on a replica set: of the majority). */
  async insert(documents: readonly Uint8Array[]): Promise<void> {
    const errors = await this.commands.insert(COLLECTION, documents, () => undefined);
    // Of a command that had to be sent again: its first try has stored them.
    throwFirst(errors.filter(({ code }) => code !== DUPLICATE_KEY));
  }

  /** When activity ended, by day from `fromDay` to `toDay`; from the index alone. */
  async listEnds(key: GroupKey, fromDay: number, toDay: number, signal?: AbortSignal): Promise<DayEnd[]> {
    return listEnds(this.writes, key, fromDay, toDay, signal);
  }

  /** The last write for these users in these days, by user; from the index alone. */
  async listLast(query: LastWriteQuery, signal?: AbortSignal): Promise<Map<string, WriteOrder>> {
    return listLast(this.writes, query, signal);
  }

  /** All of these days, in the order of writing. */
  async list(key: GroupKey, days: readonly number[], signal?: AbortSignal): Promise<StoredWrite[]> {
    const filter = { ...pick(key), day: { $in: [...days] } };
    const rows = await this.writes
      .find(filter, { hint: BY_GROUP, batchSize: 5000, maxTimeMS: REPORT_TIMEOUT_MS, signal })
      .toArray();
    return rows.map(toWrite).sort(byOrder);
  }

  /** Writes of one day that are not younger than `before`, in their order. */
  async listOfDay(key: GroupKey, day: number, before: WriteOrder, limit: number): Promise<StoredWrite[]> {
    const filter = { ...pick(key), day };
    const rows = await this.writes.find(filter, { hint: BY_GROUP, maxTimeMS: REPORT_TIMEOUT_MS }).toArray();
    return rows
      .map(toWrite)
      .filter(({ at }) => at <= before)
      .sort(byOrder)
      .slice(0, limit);
  }

  /** Groups with writes that wait to be gathered, those with the oldest ones first. */
  async listPending(): Promise<PendingGroup[]> {
    const id = { org: '$org', user: '$user', measurement: '$measurement', day: '$day' };
    const rows = await this.writes
      .aggregate<{
        _id: GroupKey & { day: number };
        writes: number;
        oldest: mongo.Timestamp;
      }>([{ $group: { _id: id, writes: { $sum: 1 }, oldest: { $min: '$at' } } }, { $sort: { oldest: 1 } }], {
        hint: BY_GROUP,
        allowDiskUse: true,
        maxTimeMS: REPORT_TIMEOUT_MS,
      })
      .toArray();
    return rows.map(({ _id, writes, oldest }) => ({ ..._id, writes, oldest: toOrder(oldest) }));
  }

  async delete(ids: readonly unknown[]): Promise<void> {
    if (ids.length === 0) return;
    await this.commands.count({
      delete: COLLECTION,
      deletes: [{ q: { _id: { $in: [...ids] } }, limit: 0 }],
      // Not journaled at once: what comes back after a crash is in the gathered day too, to the same result.
      writeConcern: { w: 1 },
    });
  }

  /** What there is of an organization. */
  listGroups(org: string): AsyncIterable<GroupKey & { day: number }> {
    return listGroups(this.writes, org);
  }

  /** Up to `limit` of one organization. Returns how many there were. */
  async deleteSome(org: string, limit: number): Promise<number> {
    const rows = await this.writes.find({ org }, { projection: { _id: 1 }, limit }).toArray();
    if (rows.length === 0) return 0;
    const deletes = [{ q: { _id: { $in: rows.map(({ _id }) => _id) } }, limit: 0 }];
    await this.commands.count({ delete: COLLECTION, deletes, writeConcern: this.commands.durable });
    return rows.length;
  }

  /** The database's clock as an order: what it writes later is greater. `null`: there are no writes at all. */
  async now(): Promise<WriteOrder | null> {
    const [row] = await this.writes
      .aggregate<{ now: Date }>([{ $limit: 1 }, { $project: { _id: 0, now: '$$NOW' } }])
      .toArray();
    return row === undefined ? null : orderOf(row.now.getTime());
  }

  private get writes() {
    return this.commands.database.collection<WriteDocument>(COLLECTION);
  }
}

/** The least order of the second in which this moment (epoch milliseconds) lies. */
export function orderOf(ms: number): WriteOrder {
  return BigInt(Math.floor(ms / 1000)) << 32n;
}

function toWrite({ _id, org, user, measurement, day, end, at, count, points }: WriteDocument): StoredWrite {
  return { id: _id, org, user, measurement, day, end, at: toOrder(at), count, points: toBuffer(points) };
}

function byOrder(a: StoredWrite, b: StoredWrite): number {
  return a.at < b.at ? -1 : 1;
}
