import { Injectable } from '@nestjs/common';
import { mongo } from 'mongoose';
import type { DayBlockDocument } from './product-rollups.schema.js';
import type { NameSets } from './rollup-rows.js';
import { RollupWrites } from './rollup-writes.repository.js';

const COLLECTION = 'product_blocks';
const DELETE_STEP = 500;
const AS_BYTES = { promoteBuffers: true } as const;

/** An encoded block of a day's events, or the sets of actors of its names. */
export type NewBlock = { day: number; data: Uint8Array } | { day: number; sets: NameSets };

type StoredBlock = { _id: mongo.ObjectId; data?: Uint8Array; sets?: Record<string, Uint8Array> };

/** What heads refer to: written before them, under ids of its own, and never changed. */
@Injectable()
export class DayBlocksRepository {
  constructor(private readonly writes: RollupWrites) {}

  /** Returns their hex ids, in the same order. */
  async insert(projectKey: string, blocks: readonly NewBlock[]): Promise<string[]> {
    const documents = blocks.map((block) => ({
      _id: new mongo.ObjectId(),
      p: projectKey,
      d: block.day,
      ...('data' in block ? { data: block.data } : { sets: Object.fromEntries(block.sets) }),
    }));
    await this.writes.insert(COLLECTION, documents);
    return documents.map(({ _id }) => _id.toHexString());
  }

  /** Encoded blocks by hex id. Those that are gone are missing. */
  async listData(ids: readonly string[]): Promise<Map<string, Uint8Array>> {
    const blocks = await this.list(ids);
    return new Map(blocks.flatMap(({ _id, data }) => (data === undefined ? [] : [[_id.toHexString(), data]])));
  }

  /** Sets of actors by hex id. Those that are gone are missing. */
  async listSets(ids: readonly string[]): Promise<Map<string, NameSets>> {
    const blocks = await this.list(ids);
    return new Map(blocks.map(({ _id, sets }) => [_id.toHexString(), new Map(Object.entries(sets ?? {}))]));
  }

  async listProjects(): Promise<string[]> {
    const groups = this.collection.aggregate<{ _id: string }>([{ $sort: { p: 1 } }, { $group: { _id: '$p' } }]);
    return (await groups.toArray()).map(({ _id }) => _id);
  }

  /** Hex ids of the project's blocks and sets that were made before. */
  async listIds(projectKey: string, before: Date): Promise<string[]> {
    const last = mongo.ObjectId.createFromTime(Math.floor(before.getTime() / 1000));
    const filter = { p: projectKey, _id: { $lt: last } };
    const documents = await this.collection.find(filter, { projection: { _id: 1 }, batchSize: 5000 }).toArray();
    return documents.map(({ _id }) => _id.toHexString());
  }

  async delete(ids: readonly string[]): Promise<void> {
    for (let start = 0; start < ids.length; start += DELETE_STEP) {
      await this.writes.delete(COLLECTION, { _id: { $in: toObjectIds(ids.slice(start, start + DELETE_STEP)) } });
    }
  }

  /** Deletes some. Returns how many there were. */
  async deleteSome(projectKey: string): Promise<number> {
    const some = await this.collection
      .find({ p: projectKey }, { projection: { _id: 1 }, limit: DELETE_STEP })
      .toArray();
    if (some.length === 0) return 0;
    return this.writes.delete(COLLECTION, { _id: { $in: some.map(({ _id }) => _id) } });
  }

  private async list(ids: readonly string[]): Promise<StoredBlock[]> {
    if (ids.length === 0) return [];
    const found = this.collection.find({ _id: { $in: toObjectIds(ids) } }, { ...AS_BYTES, batchSize: ids.length + 1 });
    return (await found.toArray()) as unknown as StoredBlock[];
  }

  private get collection(): mongo.Collection<DayBlockDocument> {
    return this.writes.database.collection<DayBlockDocument>(COLLECTION);
  }
}

/** About how many bytes the sets take in the store. */
export function setsBytes(sets: NameSets): number {
  let bytes = 256;
  for (const set of sets.values()) bytes += 48 + set.length;
  return bytes;
}

function toObjectIds(ids: readonly string[]): mongo.ObjectId[] {
  return ids.map((id) => new mongo.ObjectId(id));
}
