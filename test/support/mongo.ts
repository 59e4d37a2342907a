import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { EmbeddedMongo } from '../../src/infra/mongo/embedded/embedded-mongo.js';

export interface TestMongo {
  /** Holds no database name: a test chooses its own, so that tests may share a server. */
  uri: string;
  stop(): Promise<void>;
}

/** MongoDB for a test: the server of TEST_MONGODB_URI when that is set, else an embedded engine on a fresh folder. */
export async function startTestMongo(): Promise<TestMongo> {
  const uri = process.env.TEST_MONGODB_URI;
  if (uri) return { uri, stop: () => Promise.resolve() };
  const dataDir = await mkdtemp(join(tmpdir(), 'almanac-test-'));
  const engine = await EmbeddedMongo.start({ dataDir, cacheDir: resolve('.cache'), log: quiet });
  return {
    uri: engine.uri,
    async stop() {
      await engine.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

const quiet = { info: () => undefined, warn: console.warn, error: console.error };
