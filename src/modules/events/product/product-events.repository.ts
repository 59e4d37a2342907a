import { Injectable } from '@nestjs/common';
import { mongo } from 'mongoose';
import { REPORT_TIMEOUT_MS } from '../../../infra/mongo/mongo-options.js';
import type { LinkEvidence } from './links/link-evidence.js';
import { throwFirst, WriteCommands } from '../../../infra/mongo/write-commands.js';

const COLLECTION = 'events';
const DUPLICATE_KEY = 11000;
// The document itself is at fault: BadValue, InvalidBSON, DollarPrefixedFieldName, InvalidIdField,
// DocumentValidationFailure, BSONObjectTooLarge, KeyTooLong.
const DOCUMENT_FAULTS = new Set([2, 22, 52, 53, 121, 10334, 17280]);
const KEYS_PER_COMMAND = 5000;
const BY_NAME = { projectKey: 1, eventName: 1, timestamp: 1 } as const;
const EVIDENCE = { projectKey: 1, anonymousId: 1, userId: 1, timestamp: 1 } as const;

/** Why an event was not inserted: it was stored before; the store cannot hold it; nobody knows. */
export type InsertFault = 'duplicate' | 'refused' | 'failed';

interface StoredEvidence {
  _id: mongo.Binary;
  projectKey: string;
  anonymousId?: string;
  userId?: string;
  timestamp: Date | null;
}

@Injectable()
export class ProductEventsRepository {
  constructor(private readonly commands: WriteCommands) {}

  /**
   * Inserts documents, each buffer holding one or more of them. Resolves when all new events are in the journal (on a
   * replica set: of the majority).
   * @param onResend called when the command had to be sent again: duplicates may be what its first try stored.
   * @returns what went wrong, by the position of the document among all.
   */
  async insert(documents: readonly Uint8Array[], onResend: () => void): Promise<Map<number, InsertFault>> {
    const errors = await this.commands.insert(COLLECTION, documents, onResend);
    return new Map(errors.map(({ index, code }) => [index, faultOf(code)]));
  }

  /** Those of these events whose identity link is not written yet. */
  async listPendingAmong(keys: readonly Uint8Array[]): Promise<LinkEvidence[]> {
    const found: LinkEvidence[] = [];
    for (let start = 0; start < keys.length; start += KEYS_PER_COMMAND) {
      const some = keys.slice(start, start + KEYS_PER_COMMAND);
      found.push(...(await this.listEvidence({ _id: { $in: some.map(toBinary) }, linkPending: true }, some.length)));
    }
    return found;
  }

  /** Up to `limit` events of any project whose identity link is not written yet. */
  async listPending(limit: number): Promise<LinkEvidence[]> {
    return this.listEvidence({ linkPending: true }, limit);
  }

  // Not journaled at once: when this is lost, the links are merely merged again, to the same result.
  async clearPending(keys: readonly Uint8Array[]): Promise<void> {
    for (let start = 0; start < keys.length; start += KEYS_PER_COMMAND) {
      const some = keys.slice(start, start + KEYS_PER_COMMAND).map(toBinary);
      const update = { q: { _id: { $in: some } }, u: { $unset: { linkPending: 1 } }, multi: true };
      throwFirst(await this.commands.run({ update: COLLECTION, updates: [update], writeConcern: { w: 1 } }));
    }
  }

  /**
   * Names of the project's events in `[from, toExclusive)`, or of all when both are `null`. Jumps from
   * name to name in the index instead of reading every event.
   */
  async listNames(projectKey: string, from: Date | null, toExclusive: Date | null): Promise<string[]> {
    const inTime = from === null && toExclusive === null ? {} : { timestamp: timeBounds(from, toExclusive) };
    const groups = this.commands.database
      .collection(COLLECTION)
      .aggregate<{ _id: string }>([{ $match: { projectKey, ...inTime } }, { $group: { _id: '$eventName' } }], {
        hint: BY_NAME,
        maxTimeMS: REPORT_TIMEOUT_MS,
      });
    return (await groups.toArray()).map((group) => group._id);
  }

  /** All events of the project as they are stored, without internal fields. */
  async *stream(projectKey: string): AsyncGenerator<mongo.Document> {
    const projection = { _id: 0, linkPending: 0, epoch: 0 };
    yield* this.commands.database.collection(COLLECTION).find({ projectKey }, { projection, batchSize: 1000 });
  }

  /** Deletes up to `limit` events of the project. Returns how many there were. */
  async deleteSome(projectKey: string, limit: number): Promise<number> {
    const events = this.commands.database.collection(COLLECTION);
    const rows = await events.find({ projectKey }, { projection: { _id: 1 }, limit }).toArray();
    if (rows.length > 0) await events.deleteMany({ _id: { $in: rows.map((row) => row._id) } });
    return rows.length;
  }

  private async listEvidence(filter: mongo.Filter<StoredEvidence>, limit: number): Promise<LinkEvidence[]> {
    const rows = await this.commands.limited((signal) =>
      this.commands.database
        .collection<StoredEvidence>(COLLECTION)
        .find(filter, { projection: EVIDENCE, limit, batchSize: limit, signal })
        .toArray(),
    );
    return rows.map(({ _id, projectKey, anonymousId, userId, timestamp }) => ({
      key: _id.buffer,
      projectKey,
      anonymousId,
      userId,
      time: timestamp?.getTime() ?? NaN,
    }));
  }
}

function faultOf(code: number): InsertFault {
  if (code === DUPLICATE_KEY) return 'duplicate';
  return DOCUMENT_FAULTS.has(code) ? 'refused' : 'failed';
}

function timeBounds(from: Date | null, toExclusive: Date | null): mongo.Document {
  return { ...(from !== null && { $gte: from }), ...(toExclusive !== null && { $lt: toExclusive }) };
}

function toBinary(key: Uint8Array): mongo.Binary {
  return new mongo.Binary(key);
}
