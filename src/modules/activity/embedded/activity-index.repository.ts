import type { mongo } from 'mongoose';
import { REPORT_TIMEOUT_MS } from '../../../infra/mongo/mongo-options.js';
import type { GroupKey, WriteOrder } from './packed-group.js';

// What both collections of points have in common: their index, and the questions that it answers by itself.

export const BY_GROUP = { org: 1, user: 1, measurement: 1, day: 1, end: 1, at: 1 } as const;

export interface DayEnd {
  day: number;
  /** Epoch milliseconds. */
  end: number;
}

export interface LastWriteQuery {
  org: string;
  users: readonly string[];
  measurements: readonly string[];
  fromDay: number;
  toDay: number;
}

interface Indexed extends GroupKey, DayEnd {
  at: mongo.Timestamp;
}

export async function listEnds<T extends Indexed>(
  collection: mongo.Collection<T>,
  key: GroupKey,
  fromDay: number,
  toDay: number,
  signal?: AbortSignal,
): Promise<DayEnd[]> {
  const filter = { ...pick(key), day: { $gte: fromDay, $lte: toDay } } as mongo.Filter<T>;
  const options = { ...readOptions(signal), projection: { _id: 0, day: 1, end: 1 } };
  return collection.find<DayEnd>(filter, options).toArray();
}

export async function listLast<T extends Indexed>(
  collection: mongo.Collection<T>,
  { org, users, measurements, fromDay, toDay }: LastWriteQuery,
  signal?: AbortSignal,
): Promise<Map<string, WriteOrder>> {
  const filter = {
    org,
    user: { $in: [...users] },
    measurement: { $in: [...measurements] },
    day: { $gte: fromDay, $lte: toDay },
  };
  const pipeline = [{ $match: filter }, { $group: { _id: '$user', at: { $max: '$at' } } }];
  const rows = await collection
    .aggregate<{ _id: string; at: mongo.Timestamp }>(pipeline, readOptions(signal))
    .toArray();
  return new Map(rows.map(({ _id, at }) => [_id, toOrder(at)]));
}

/** What there is of an organization; from the index alone. */
export async function* listGroups<T extends Indexed>(
  collection: mongo.Collection<T>,
  org: string,
): AsyncGenerator<GroupKey & { day: number }> {
  const id = { org: '$org', user: '$user', measurement: '$measurement', day: '$day' };
  const pipeline = [{ $match: { org } }, { $group: { _id: id } }];
  const groups = collection.aggregate<{ _id: GroupKey & { day: number } }>(pipeline, {
    hint: BY_GROUP,
    allowDiskUse: true,
  });
  for await (const { _id } of groups) yield _id;
}

export function readOptions(signal?: AbortSignal) {
  return { hint: BY_GROUP, batchSize: 5000, maxTimeMS: REPORT_TIMEOUT_MS, signal };
}

export function pick({ org, user, measurement }: GroupKey): GroupKey {
  return { org, user, measurement };
}

/** The bytes themselves, not a copy. */
export function toBuffer({ buffer }: mongo.Binary): Buffer {
  return Buffer.from(buffer.buffer, buffer.byteOffset, buffer.byteLength);
}

export function toOrder(at: mongo.Timestamp): WriteOrder {
  return at.toBigInt();
}
