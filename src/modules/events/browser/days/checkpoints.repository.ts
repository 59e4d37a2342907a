import { Injectable } from '@nestjs/common';
import type { mongo } from 'mongoose';
import { WriteCommands } from '../../../../infra/mongo/write-commands.js';

const COLLECTION = 'browser_checkpoints';
const NEWEST_FIRST = { _id: -1 } as const;

export interface Checkpoint {
  /** It stands before this day; days since 1970. */
  day: number;
  basis: string;
  state: string;
}

/** The order of the fields is part of the stored key. */
interface CheckpointDocument {
  _id: { u: string; d: number };
  basis: string;
  state: string;
  at: Date;
}

/** Not journaled: what is lost is made again. */
@Injectable()
export class CheckpointsRepository {
  constructor(private readonly commands: WriteCommands) {}

  /** Those before this day or an earlier one, the latest first. */
  async list(userId: string, upToDay: number, limit: number): Promise<Checkpoint[]> {
    const filter = { _id: { $gte: { u: userId, d: -Infinity }, $lte: { u: userId, d: upToDay } } };
    const found = await this.commands.limited((signal) =>
      this.collection.find(filter, { sort: NEWEST_FIRST, limit, batchSize: limit, signal }).toArray(),
    );
    return found.map(({ _id, basis, state }) => ({ day: _id.d, basis, state }));
  }

  async write(userId: string, { day, basis, state }: Checkpoint, at: Date): Promise<void> {
    const q = { _id: { u: userId, d: day } };
    const updates = [{ q, u: { basis, state, at }, upsert: true }];
    await this.commands.count({ update: COLLECTION, updates, writeConcern: { w: 1 } });
  }

  async delete(userId: string, { day, basis }: Checkpoint): Promise<void> {
    const deletes = [{ q: { _id: { u: userId, d: day }, basis }, limit: 1 }];
    await this.commands.count({ delete: COLLECTION, deletes, writeConcern: { w: 1 } });
  }

  async deleteOlder(userId: string, before: Date): Promise<void> {
    await this.deleteAll({ ...ofUser(userId), at: { $lt: before } });
  }

  async deleteOfUser(userId: string): Promise<void> {
    await this.deleteAll(ofUser(userId));
  }

  private async deleteAll(q: mongo.Document): Promise<void> {
    await this.commands.count({ delete: COLLECTION, deletes: [{ q, limit: 0 }], writeConcern: this.commands.durable });
  }

  private get collection(): mongo.Collection<CheckpointDocument> {
    return this.commands.database.collection<CheckpointDocument>(COLLECTION);
  }
}

function ofUser(userId: string): mongo.Document {
  return { _id: { $gte: { u: userId, d: -Infinity }, $lte: { u: userId, d: Infinity } } };
}
