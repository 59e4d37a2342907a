import { Injectable } from '@nestjs/common';
import { mongo } from 'mongoose';
import { WriteCommands } from '../../../../infra/mongo/write-commands.js';
import { receivedUntil } from './ingest-epoch.js';

const COLLECTION = 'ingest_epochs';
const EVENTS = 'events';
const EVENTS_PER_READ = 5000;
/** Reading the events of one epoch, of which there are some ten thousand. */
const READ_LIMIT_MS = 30_000;

export type EpochState = 'open' | 'sealed';

/** A short stretch of one process's ingest. Events carry the id of theirs. */
export interface EpochRow {
  /** Hex, 24 digits. */
  id: string;
  /** Of the process that writes into it, or of the recovery that has taken it over. */
  holder: string;
  /** No event of the epoch was received before. */
  receivedFrom: Date;
  state: EpochState;
  /** By the database's clock. */
  openedAt: Date;
}

/** What a segment keeps of a stored event. */
export interface EpochEvent {
  eventName: string;
  timestamp: Date | null;
  anonymousId?: string;
  userId?: string;
}

interface EpochDocument extends Omit<EpochRow, 'id'> {
  _id: mongo.ObjectId;
}

@Injectable()
export class IngestEpochsRepository {
  constructor(private readonly commands: WriteCommands) {}

  /** Durable when it resolves. */
  async open(id: string, holder: string, receivedFrom: Date): Promise<void> {
    // An update, because only that can take the time from the database: replicas judge by it whether a holder is gone.
    const values = { holder: { $literal: holder }, receivedFrom, state: 'open', openedAt: '$$NOW' };
    const update = { q: { _id: toId(id) }, u: [{ $set: values }], upsert: true };
    await this.count({ update: COLLECTION, updates: [update] });
  }

  /** False when the epoch is not this holder's any more. Durable when it resolves. */
  async seal(id: string, holder: string): Promise<boolean> {
    // Whatever its state: when the first answer is lost on the way, the command is sent again.
    const update = { q: { _id: toId(id), holder }, u: { $set: { state: 'sealed' } } };
    return (await this.count({ update: COLLECTION, updates: [update] })) > 0;
  }

  /** For an epoch that has no events. False when it is not this holder's any more. */
  async deleteOpen(id: string, holder: string): Promise<boolean> {
    const statement = { q: { _id: toId(id), holder, state: 'open' }, limit: 1 };
    return (await this.count({ delete: COLLECTION, deletes: [statement] })) > 0;
  }

  /** Takes an open epoch from its holder. False when it has changed since it was read. Durable when it resolves. */
  async takeOver({ id, holder }: EpochRow, newHolder: string): Promise<boolean> {
    const update = { q: { _id: toId(id), holder, state: 'open' }, u: { $set: { holder: newHolder } } };
    return (await this.count({ update: COLLECTION, updates: [update] })) > 0;
  }

  async deleteSealed(ids: readonly string[]): Promise<void> {
    const statement = { q: { _id: { $in: ids.map(toId) }, state: 'sealed' }, limit: 0 };
    if (ids.length > 0) await this.count({ delete: COLLECTION, deletes: [statement] });
  }

  /** The oldest first; all, or those of these ids. */
  async list(ids?: readonly string[]): Promise<EpochRow[]> {
    return this.find(ids === undefined ? {} : { _id: { $in: ids.map(toId) } });
  }

  /** Open epochs of others that were opened at least so long ago. */
  async listAbandoned(holder: string, minAgeMs: number): Promise<EpochRow[]> {
    const isOld = { $lte: ['$openedAt', { $subtract: ['$$NOW', minAgeMs] }] };
    return this.find({ state: 'open', holder: { $ne: holder }, $expr: isOld });
  }

  /** Projects that have events at all. Jumps from key to key in an index. */
  async listProjectsWithEvents(): Promise<string[]> {
    const keys = await this.commands.limited(
      (signal) => this.events.aggregate([{ $group: { _id: '$projectKey' } }], { signal }).toArray(),
      READ_LIMIT_MS,
    );
    return keys.map(({ _id }) => _id as unknown).filter((key) => typeof key === 'string');
  }

  /** The events that the epoch inserted for the project, in no order. */
  async *streamEvents(projectKey: string, epoch: string, receivedFrom: Date): AsyncGenerator<EpochEvent[]> {
    // Without an end, an epoch that is found long after its process has died would mean to read everything since.
    const receivedAt = { $gte: receivedFrom, $lte: new Date(receivedUntil(epoch)) };
    const cursor = this.events.find(
      { projectKey, receivedAt, epoch: toId(epoch) },
      {
        hint: { projectKey: 1, receivedAt: 1 },
        projection: { _id: 0, eventName: 1, timestamp: 1, anonymousId: 1, userId: 1 },
        batchSize: EVENTS_PER_READ,
        maxTimeMS: READ_LIMIT_MS,
      },
    );
    try {
      while (await cursor.hasNext()) yield cursor.readBufferedDocuments() as unknown as EpochEvent[];
    } finally {
      await cursor.close();
    }
  }

  /** @throws the driver's error when the database does not answer. */
  async ping(): Promise<void> {
    await this.commands.limited((signal) => this.commands.database.command({ ping: 1 }, { signal }));
  }

  private async find(filter: mongo.Filter<EpochDocument>): Promise<EpochRow[]> {
    const documents = await this.commands.limited((signal) =>
      this.commands.database
        .collection<EpochDocument>(COLLECTION)
        .find(filter, { sort: { _id: 1 }, signal })
        .toArray(),
    );
    return documents.map(({ _id, ...row }) => ({ id: _id.toHexString(), ...row }));
  }

  private count(command: mongo.Document): Promise<number> {
    return this.commands.count({ ...command, ordered: false, writeConcern: this.commands.durable });
  }

  private get events(): mongo.Collection {
    return this.commands.database.collection(EVENTS);
  }
}

function toId(hex: string): mongo.ObjectId {
  return new mongo.ObjectId(hex);
}
