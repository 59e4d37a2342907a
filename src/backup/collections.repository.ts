import { setTimeout as sleep } from 'node:timers/promises';
import { mongo, type Connection } from 'mongoose';
import type { MongoConfig } from '../config/app.config.js';
import { throwFirst, WriteCommands } from '../infra/mongo/write-commands.js';

const DOCUMENTS_PER_READ = 2000;
const DUPLICATE_KEY = 11000;
const ATTEMPTS = 5;
const PAUSE_MS = 500;

/** All collections of the database as the bytes of their documents, whatever is in them. */
export class CollectionsRepository {
  private readonly commands: WriteCommands;

  constructor(connection: Connection, config: MongoConfig) {
    this.commands = new WriteCommands(connection, config);
  }

  async listNames(): Promise<string[]> {
    const found = await this.database.listCollections({ type: 'collection' }, { nameOnly: true }).toArray();
    return found.map(({ name }) => name).sort();
  }

  async isEmpty(): Promise<boolean> {
    for (const name of await this.listNames()) {
      if ((await this.database.collection(name).findOne({}, { projection: { _id: 1 } })) !== null) return false;
    }
    return true;
  }

  /**
   * The documents of a collection in the order of the storage, many in one piece. `onDocuments` hears of each piece. Those
   * that are written meanwhile may or may not be among them; the others are, each once.
   */
  async *stream(name: string, onDocuments: (count: number) => void): AsyncGenerator<Uint8Array> {
    const cursor = this.database
      .collection(name)
      .find({}, { raw: true, batchSize: DOCUMENTS_PER_READ, readPreference: 'primary' });
    try {
      while (await cursor.hasNext()) {
        const documents = cursor.readBufferedDocuments() as unknown as Uint8Array[];
        onDocuments(documents.length);
        yield Buffer.concat(documents);
      }
    } finally {
      await cursor.close();
    }
  }

  /** Durable when it resolves. Documents that are there already stay. */
  async insert(name: string, documents: readonly Uint8Array[]): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        const errors = await this.commands.insert(name, documents, () => undefined);
        return throwFirst(errors.filter(({ code }) => code !== DUPLICATE_KEY));
      } catch (error) {
        // A database that is busy or changes its primary; what the first try stored is a duplicate for the next.
        if (attempt === ATTEMPTS) throw error;
        await sleep(PAUSE_MS * attempt);
      }
    }
  }

  async dropAll(): Promise<void> {
    for (const name of await this.listNames()) {
      if (!name.startsWith('system.')) await this.database.collection(name).drop();
    }
  }

  /**
   * Days of browsing may have been announced or counted a moment after their events were copied: all of them are to be
   * counted and packed anew.
   */
  async markBrowserDays(): Promise<void> {
    const change = { $set: { rev: new mongo.ObjectId(), dirty: true }, $unset: { count: 1, open: 1 } } as const;
    const { w, j } = this.commands.durable;
    await this.database.collection('browser_days').updateMany({}, change, { writeConcern: { w, journal: j } });
  }

  private get database(): mongo.Db {
    return this.commands.database;
  }
}
