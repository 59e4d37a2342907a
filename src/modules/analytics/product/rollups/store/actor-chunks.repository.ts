import { Injectable } from '@nestjs/common';
import type { mongo } from 'mongoose';
import type { StoredChunk } from '../format/actor-book.js';
import type { ActorChunkDocument } from './product-rollups.schema.js';
import { RollupWrites } from './rollup-writes.repository.js';
import { fromWords, toWords } from '../format/words.js';

const COLLECTION = 'product_actors';
const DELETE_STEP = 20;

type StoredChunkDocument = Omit<ActorChunkDocument, 'keys' | 'persons'> & Record<'keys' | 'persons', Uint8Array>;

/** The actor table of a project, in chunks that change only from the version that was read. */
@Injectable()
export class ActorChunksRepository {
  constructor(private readonly writes: RollupWrites) {}

  /** In their order, those written after the run `rev`. @param rev -1: all. */
  async list(projectKey: string, rev: number): Promise<StoredChunk[]> {
    const filter = { p: projectKey, rev: { $gt: rev } };
    const found = await this.collection.find(filter, { promoteBuffers: true, hint: { p: 1, rev: 1 } }).toArray();
    return (found as unknown as StoredChunkDocument[])
      .map(({ _id, version, keys, persons }) => ({
        ...{ c: _id.c, version, keys },
        persons: new Int32Array(toWords(persons)),
      }))
      .sort((a, b) => a.c - b.c);
  }

  /**
   * @param chunks with the versions that were read; written with the next.
   * @returns false when one of them was changed since it was read.
   */
  async write(projectKey: string, rev: number, chunks: readonly StoredChunk[]): Promise<boolean> {
    const changed = chunks.filter(({ version }) => version > 0);
    const updates = changed.map((chunk) => ({
      q: { _id: idOf(projectKey, chunk.c), version: chunk.version },
      u: toDocument(projectKey, rev, chunk),
    }));
    if ((await this.writes.update(COLLECTION, updates)) < updates.length) return false;
    const fresh = chunks.filter(({ version }) => version === 0);
    return this.writes.insert(
      COLLECTION,
      fresh.map((chunk) => toDocument(projectKey, rev, chunk)),
    );
  }

  /** Makes all chunks part of the run `rev`, with the next version. */
  async touch(projectKey: string, rev: number): Promise<void> {
    const u = { $set: { rev }, $inc: { version: 1 } };
    await this.writes.update(COLLECTION, [{ q: { p: projectKey }, u, multi: true }]);
  }

  /** Deletes some. Returns how many there were. */
  async deleteSome(projectKey: string): Promise<number> {
    const some = await this.collection
      .find({ p: projectKey }, { projection: { _id: 1 }, limit: DELETE_STEP })
      .toArray();
    if (some.length === 0) return 0;
    return this.writes.delete(COLLECTION, { _id: { $in: some.map(({ _id }) => _id) } });
  }

  private get collection(): mongo.Collection<ActorChunkDocument> {
    return this.writes.database.collection<ActorChunkDocument>(COLLECTION);
  }
}

function idOf(projectKey: string, c: number): ActorChunkDocument['_id'] {
  return { p: projectKey, c };
}

function toDocument(projectKey: string, rev: number, { c, version, keys, persons }: StoredChunk): mongo.Document {
  const _id = idOf(projectKey, c);
  return { _id, p: projectKey, rev, version: version + 1, keys, persons: fromWords(persons) };
}
