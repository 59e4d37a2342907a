import { Injectable } from '@nestjs/common';
import { mongo } from 'mongoose';
import type { DayHeadDocument } from './product-rollups.schema.js';
import type { StoredHead } from './rollup-rows.js';
import { RollupWrites, type UpdateStatement } from './rollup-writes.repository.js';
import { fromWords, toWords } from '../format/words.js';

const COLLECTION = 'product_days';
const DELETE_STEP = 500;
const BY_SIZE = { p: 1, size: 1 } as const;
// Binary fields come as plain bytes.
const AS_BYTES = { promoteBuffers: true } as const;

/** A head that is to be written. */
export interface HeadWrite {
  /** With the version that was read; written with the next. */
  head: StoredHead;
  /** All other fields are as they are stored. */
  onlyRev?: boolean;
}

type HeadDocument = Omit<DayHeadDocument, 'quarters' | 'counts' | 'actors'> &
  Record<'quarters' | 'counts' | 'actors', Uint8Array>;

/** Heads of the days of a project, which change only from the version that was read. */
@Injectable()
export class DayHeadsRepository {
  constructor(private readonly writes: RollupWrites) {}

  async list(projectKey: string, days: readonly number[]): Promise<Map<number, StoredHead>> {
    const filter = { _id: { $in: days.map((day) => ({ p: projectKey, d: day })) } };
    const documents = await this.collection.find(filter, { ...AS_BYTES, batchSize: days.length + 1 }).toArray();
    return new Map(documents.map((document) => [document.d, toHead(document as unknown as HeadDocument)]));
  }

  /** Returns false when one of them was changed since it was read; the others are written all the same. */
  async write(projectKey: string, heads: readonly HeadWrite[]): Promise<boolean> {
    const changed = heads.filter(({ head }) => head.version > 0);
    const updates = changed.map((write) => toUpdate(projectKey, write));
    if ((await this.writes.update(COLLECTION, updates)) < updates.length) return false;
    const fresh = heads.filter(({ head }) => head.version === 0);
    return this.writes.insert(
      COLLECTION,
      fresh.map(({ head }) => toDocument(projectKey, head)),
    );
  }

  /** The last day that a build has written; `null`: none yet. */
  async findLastOf(projectKey: string, generation: string): Promise<number | null> {
    const filter = { p: projectKey, generation: new mongo.ObjectId(generation) };
    const [document] = await this.collection
      .find(filter, { projection: { d: 1 }, sort: { d: -1 }, limit: 1 })
      .toArray();
    return document?.d ?? null;
  }

  /** How many there are, and about how many bytes without their sets of actors. */
  async measure(projectKey: string): Promise<{ days: number; bytes: number }> {
    const groups = this.collection.aggregate<{ days: number; bytes: number }>(
      [{ $match: { p: projectKey } }, { $group: { _id: null, days: { $sum: 1 }, bytes: { $sum: '$size' } } }],
      { hint: BY_SIZE },
    );
    return (await groups.next()) ?? { days: 0, bytes: 0 };
  }

  /** The encoded sets of all actors of the project's days, in no order. */
  async *streamActors(projectKey: string): AsyncGenerator<Uint8Array> {
    const options = { ...AS_BYTES, projection: { _id: 0, actors: 1 }, batchSize: 20 };
    for await (const { actors } of this.collection.find({ p: projectKey }, options)) {
      yield actors as unknown as Uint8Array;
    }
  }

  /** Hex ids of everything that the project's days refer to. */
  async listReferences(projectKey: string): Promise<Set<string>> {
    const projection = { _id: 0, sets: 1, 'blocks.id': 1 };
    const ids = new Set<string>();
    for await (const { sets, blocks } of this.collection.find({ p: projectKey }, { projection, batchSize: 1000 })) {
      ids.add(sets.toHexString());
      blocks.forEach(({ id }) => ids.add(id.toHexString()));
    }
    return ids;
  }

  /** Deletes what no build but the given one wrote. */
  async deleteForeign(projectKey: string, generation: string): Promise<void> {
    await this.writes.delete(COLLECTION, { p: projectKey, generation: { $ne: new mongo.ObjectId(generation) } });
  }

  /** Deletes some. Returns how many there were. */
  async deleteSome(projectKey: string): Promise<number> {
    const some = await this.collection
      .find({ p: projectKey }, { projection: { _id: 1 }, limit: DELETE_STEP })
      .toArray();
    if (some.length === 0) return 0;
    return this.writes.delete(COLLECTION, { _id: { $in: some.map(({ _id }) => _id) } });
  }

  private get collection(): mongo.Collection<DayHeadDocument> {
    return this.writes.database.collection<DayHeadDocument>(COLLECTION);
  }
}

/** About how many bytes the head takes in the store, without its set of actors. */
export function headBytes(head: StoredHead): number {
  const names = head.names.reduce((total, name) => total + 16 + 3 * name.length, 0);
  return 1024 + names + head.counts.byteLength + 64 * head.blocks.length + 20 * head.applied.length;
}

function toUpdate(projectKey: string, { head, onlyRev }: HeadWrite): UpdateStatement {
  const q = { _id: { p: projectKey, d: head.day }, version: head.version };
  const u = onlyRev ? { $set: { rev: head.rev }, $inc: { version: 1 } } : toDocument(projectKey, head);
  return { q, u };
}

function toDocument(projectKey: string, head: StoredHead): mongo.Document {
  const { day, rev, events, first, last, names, actors, sets, blocks, applied } = head;
  return {
    ...{ _id: { p: projectKey, d: day }, p: projectKey, d: day, version: head.version + 1, rev },
    generation: new mongo.ObjectId(head.generation),
    ...{ events, first: first ?? undefined, last: last ?? undefined, names, actors },
    quarters: fromWords(head.quarters),
    counts: fromWords(head.counts),
    size: headBytes(head),
    sets: sets === null ? undefined : new mongo.ObjectId(sets),
    blocks: blocks.map(({ id, n }) => ({ id: new mongo.ObjectId(id), n })),
    applied: applied.map((epoch) => new mongo.ObjectId(epoch)),
  };
}

function toHead(document: HeadDocument): StoredHead {
  const { d, version, rev, events, first, last, names, actors } = document;
  return {
    ...{ day: d, version, rev, events, first: first ?? null, last: last ?? null, names, actors },
    generation: document.generation.toHexString(),
    quarters: new Uint32Array(toWords(document.quarters)),
    counts: new Uint32Array(toWords(document.counts)),
    sets: document.sets.toHexString(),
    blocks: document.blocks.map(({ id, n }) => ({ id: id.toHexString(), n })),
    applied: document.applied.map((epoch) => epoch.toHexString()),
  };
}
