import { Injectable } from '@nestjs/common';
import { mongo } from 'mongoose';
import { WriteCommands } from '../../../../infra/mongo/write-commands.js';

const COLLECTION = 'product_segments';
const LISTING_INDEX = { projectKey: 1, _id: 1, events: 1 } as const;
// A message has at most 16 MB; less, so that serialising it does not keep other requests waiting.
const MAX_COMMAND_BYTES = 4 * 1024 * 1024;
const MAX_COMMAND_SEGMENTS = 1000;
// Each takes a connection, which others wait for.
const QUESTIONS_AT_ONCE = 8;
// However many there are, no single answer has more, nor takes longer than an operation may.
const MAX_LISTED = 10_000;
const AFTER_ALL_EVENTS = Infinity;

export interface SegmentKey {
  projectKey: string;
  /** Hex. */
  epoch: string;
}

export interface SegmentEntry extends SegmentKey {
  events: number;
}

export interface SegmentRow extends SegmentEntry {
  data: Uint8Array;
}

/** The order of the fields is part of the stored key. */
interface StoredKey {
  e: mongo.ObjectId;
  p: string;
}

interface SegmentDocument {
  _id: StoredKey;
  projectKey: string;
  events: number;
  data: mongo.Binary;
}

@Injectable()
export class ProductSegmentsRepository {
  constructor(private readonly commands: WriteCommands) {}

  /** Replaces what there is under the same keys. Durable when it resolves. */
  async write(rows: readonly SegmentRow[]): Promise<void> {
    for (let start = 0; start < rows.length;) {
      const end = endOfCommand(rows, start);
      const updates = rows.slice(start, end).map((row) => ({
        q: { _id: toKey(row) },
        u: { projectKey: row.projectKey, events: row.events, data: new mongo.Binary(row.data) },
        upsert: true,
      }));
      await this.commands.count({
        update: COLLECTION,
        updates,
        ordered: false,
        writeConcern: this.commands.durable,
      });
      start = end;
    }
  }

  /**
   * Without their data, in batches: project by project, of each the oldest epochs first.
   * @param projectKey absent: all projects.
   */
  async *stream(projectKey?: string): AsyncGenerator<SegmentEntry[]> {
    const filter = projectKey === undefined ? {} : { projectKey };
    for (let last: SegmentEntry | undefined; ;) {
      const entries = await this.find(filter, {
        hint: LISTING_INDEX,
        sort: { projectKey: 1, _id: 1 },
        projection: { _id: 1, projectKey: 1, events: 1 },
        limit: MAX_LISTED,
        ...(last && { min: { projectKey: last.projectKey, _id: toKey(last), events: AFTER_ALL_EVENTS } }),
      });
      if (entries.length > 0) yield entries;
      if (entries.length < MAX_LISTED) return;
      last = entries.at(-1);
    }
  }

  /** Those that exist of one project and these epochs, without their data. */
  async listOfEpochs(projectKey: string, epochs: readonly string[]): Promise<SegmentEntry[]> {
    const keys = epochs.map((epoch) => toKey({ projectKey, epoch }));
    return this.find({ _id: { $in: keys } }, { projection: { _id: 1, projectKey: 1, events: 1 } });
  }

  /** Those that exist of one project and these epochs. */
  async read(projectKey: string, epochs: readonly string[]): Promise<SegmentRow[]> {
    if (epochs.length === 0) return [];
    const keys = epochs.map((epoch) => toKey({ projectKey, epoch }));
    return this.find({ _id: { $in: keys } }, {}) as Promise<SegmentRow[]>;
  }

  async delete(projectKey: string, epochs: readonly string[]): Promise<void> {
    for (let start = 0; start < epochs.length; start += MAX_COMMAND_SEGMENTS) {
      const keys = epochs.slice(start, start + MAX_COMMAND_SEGMENTS).map((epoch) => toKey({ projectKey, epoch }));
      await this.commands.count({
        delete: COLLECTION,
        deletes: [{ q: { _id: { $in: keys } }, limit: 0 }],
        writeConcern: this.commands.durable,
      });
    }
  }

  /** Those of the epochs that have a segment of any project. */
  async listEpochsInUse(epochs: readonly string[]): Promise<string[]> {
    const inUse: string[] = [];
    for (let start = 0; start < epochs.length; start += QUESTIONS_AT_ONCE) {
      const some = epochs.slice(start, start + QUESTIONS_AT_ONCE);
      const found = await Promise.all(some.map((epoch) => this.isInUse(epoch)));
      inUse.push(...some.filter((_, index) => found[index]));
    }
    return inUse;
  }

  private async isInUse(epoch: string): Promise<boolean> {
    const e = new mongo.ObjectId(epoch);
    // Every text sorts before every object: a range on the stored key, so that its own index serves.
    const ofEpoch = { $gte: { e, p: '' }, $lt: { e, p: {} } } as unknown as StoredKey;
    const some = await this.find({ _id: ofEpoch }, { projection: { _id: 1 }, limit: 1 });
    return some.length > 0;
  }

  private async find(
    filter: mongo.Filter<SegmentDocument>,
    options: mongo.FindOptions,
  ): Promise<(SegmentEntry & { data?: Uint8Array })[]> {
    const documents = await this.commands.limited((signal) =>
      this.commands.database
        .collection<SegmentDocument>(COLLECTION)
        .find(filter, { ...options, batchSize: 10_000, signal })
        .toArray(),
    );
    return documents.map(({ _id, events, data }) => ({
      projectKey: _id.p,
      epoch: _id.e.toHexString(),
      events,
      ...(data !== undefined && { data: data.buffer }),
    }));
  }
}

function toKey({ epoch, projectKey }: SegmentKey): StoredKey {
  return { e: new mongo.ObjectId(epoch), p: projectKey };
}

function endOfCommand(rows: readonly SegmentRow[], start: number): number {
  let bytes = 0;
  let end = start;
  for (; end < rows.length && end - start < MAX_COMMAND_SEGMENTS; end++) {
    bytes += rows[end]?.data.length ?? 0;
    if (bytes > MAX_COMMAND_BYTES && end > start) break;
  }
  return end;
}
