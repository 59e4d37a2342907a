import { createConnection, type Connection } from 'mongoose';
import type { MongoConfig, StorageConfig } from '../../config/app.config.js';
import { EmbeddedEngineLockedError } from './embedded/embedded-mongo.errors.js';
import { EmbeddedMongo } from './embedded/embedded-mongo.js';
import { mongoOptions } from './mongo-options.js';

/** A server that holds the folder keeps it; one that was killed gives it free in a moment. */
const LOCK_WAIT_MS = 3000;

export interface StoreAccess {
  connection: Connection;
  close(): Promise<void>;
}

/**
 * For a command: connects to the configured MongoDB. With the embedded engine, to that of a server that runs on the same
 * data folder, or to one of its own when none does.
 *
 * @param options `exclusive`: a data folder in use is refused instead
 * @throws Error with a sentence for a person when there is no way to the data
 */
export async function openStore(
  mongo: MongoConfig,
  storage: StorageConfig,
  options: { exclusive?: boolean } = {},
): Promise<StoreAccess> {
  if (!mongo.embedded) return connect(mongo, mongo.uri!);
  const { dataDir, cacheDir } = storage;
  try {
    const engine = await EmbeddedMongo.start({ dataDir, cacheDir, lockWaitMs: LOCK_WAIT_MS, log: silent });
    return await connect(mongo, engine.uri, () => engine.stop());
  } catch (error) {
    if (!(error instanceof EmbeddedEngineLockedError) || options.exclusive) throw error;
    const uri = EmbeddedMongo.findRunning(dataDir);
    if (uri === null)
      throw new Error(`${error.message} It does not say where its engine can be reached.`, { cause: error });
    return connect(mongo, uri).catch((reason: unknown) => {
      throw new Error(`${error.message} Its engine does not answer either.`, { cause: reason });
    });
  }
}

async function connect(mongo: MongoConfig, uri: string, stop = () => Promise.resolve()): Promise<StoreAccess> {
  const connection = createConnection();
  const close = async () => {
    await connection.close();
    await stop();
  };
  try {
    await connection.openUri(uri, mongoOptions(mongo));
    // A killed server leaves the path of a socket that nobody serves.
    await connection.db!.admin().command({ ping: 1 });
    return { connection, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
