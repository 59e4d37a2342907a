import { Injectable } from '@nestjs/common';
import { mongo } from 'mongoose';
import type { RollupDocument } from './product-rollups.schema.js';
import type { RollupRow } from './rollup-rows.js';
import { RollupWrites } from './rollup-writes.repository.js';

const COLLECTION = 'product_rollups';

/** What a run that is complete changes, apart from `rev`. */
export interface RollupChanges {
  actors?: number;
  state?: RollupRow['state'];
  /** With the state `raw`. */
  retryAt?: Date;
  /** These days equal the raw events now. */
  clean?: readonly number[];
}

/** One document per project: how far its rollups are, and which of them are not to be trusted. */
@Injectable()
export class RollupMetaRepository {
  constructor(private readonly writes: RollupWrites) {}

  async find(projectKey: string): Promise<RollupRow | null> {
    const document = await this.collection.findOne({ _id: projectKey });
    return document === null ? null : toMeta(document);
  }

  /** Those that are being built, have marks, or are to be tried again by then. */
  async listUnfinished(now: Date): Promise<RollupRow[]> {
    const unfinished = {
      $or: [
        { state: 'building' as const },
        { dirtyAll: true as const },
        { dirty: { $ne: [] } },
        { state: 'raw' as const, retryAt: { $not: { $gt: now } } },
      ],
    };
    return (await this.collection.find(unfinished).toArray()).map(toMeta);
  }

  async listKeys(): Promise<string[]> {
    return (await this.collection.find({}, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id);
  }

  /** Those of the projects whose rollups are built, or never will be. */
  async listBuilt(projectKeys: readonly string[]): Promise<string[]> {
    const built = { _id: { $in: [...projectKeys] }, state: { $ne: 'building' as const } };
    return (await this.collection.find(built, { projection: { _id: 1 } }).toArray()).map(({ _id }) => _id);
  }

  /** Begins the first build of a project. Returns false when it has begun before. */
  async create(projectKey: string): Promise<boolean> {
    const fresh = { _id: projectKey, ...newBuild(), rev: 0, actors: 0, dirty: [], marks: 0 };
    return this.writes.insert(COLLECTION, [fresh]);
  }

  /** Begins to build anew, which takes all marks away. Returns false when somebody changed the project since. */
  async restart(meta: RollupRow): Promise<boolean> {
    const u = {
      $set: { ...newBuild(), rev: meta.rev + 1, dirty: [] },
      $unset: { dirtyAll: 1, retryAt: 1 },
    };
    return (await this.writes.update(COLLECTION, [{ q: { ...asSeen(meta), marks: meta.marks }, u }])) > 0;
  }

  /**
   * Says that everything written under `rev + 1` is complete. Returns false when another run was faster or, when marks
   * are to be taken away, somebody made one since.
   */
  async raise(meta: RollupRow, changes: RollupChanges = {}): Promise<boolean> {
    const { clean, ...fields } = changes;
    const q = { ...asSeen(meta), ...(clean !== undefined && { marks: meta.marks }) };
    const u = {
      $set: { ...fields, rev: meta.rev + 1 },
      ...(clean !== undefined && { $pull: { dirty: { $in: [...clean] } } }),
    };
    return (await this.writes.update(COLLECTION, [{ q, u }])) > 0;
  }

  /**
   * Takes the marks of days away, for a project that is answered from raw events.
   * @param retryAt when to try to build it at the latest: whoever made the marks has deleted events.
   */
  async clearMarks(meta: RollupRow, retryAt: Date): Promise<boolean> {
    const u = { $set: { dirty: [] }, $min: { retryAt } };
    return (await this.writes.update(COLLECTION, [{ q: { ...asSeen(meta), marks: meta.marks }, u }])) > 0;
  }

  /** Durable when it resolves. A project without rollups gets a build to come, which will see what is changed now. */
  async mark(projectKey: string, days: readonly number[] | 'all'): Promise<void> {
    const added =
      days === 'all'
        ? { $set: { dirtyAll: true, dirtyAt: new Date() } }
        : { $set: { dirtyAt: new Date() }, $addToSet: { dirty: { $each: [...days] } } };
    const onInsert = { ...newBuild(), rev: 0, actors: 0, ...(days === 'all' && { dirty: [] }) };
    const u = { ...added, $inc: { marks: 1 }, $setOnInsert: onInsert };
    await this.writes.update(COLLECTION, [{ q: { _id: projectKey }, u, upsert: true }]);
  }

  async delete(projectKey: string): Promise<void> {
    await this.writes.delete(COLLECTION, { _id: projectKey });
  }

  private get collection(): mongo.Collection<RollupDocument> {
    return this.writes.database.collection<RollupDocument>(COLLECTION);
  }
}

function newBuild(): mongo.Document {
  return { state: 'building', generation: new mongo.ObjectId() };
}

function asSeen({ projectKey, state, rev, generation }: RollupRow): mongo.Document {
  return { _id: projectKey, state, rev, generation: new mongo.ObjectId(generation) };
}

function toMeta(document: RollupDocument): RollupRow {
  const { _id, state, rev, generation, dirty, marks, actors } = document;
  return {
    ...{ projectKey: _id, state, rev, generation: generation.toHexString(), dirty, marks, actors },
    dirtyAll: document.dirtyAll === true,
    dirtyAt: document.dirtyAt ?? null,
    retryAt: document.retryAt ?? null,
  };
}
