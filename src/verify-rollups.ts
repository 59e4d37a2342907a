import { parseArgs } from 'node:util';
import type { AppConfig } from './config/app.config.js';
import { loadEnvFile } from './config/env-file.js';
import { loadConfig } from './config/load-config.js';
import { openStore, type StoreAccess } from './infra/mongo/store-access.js';
import { RollupCache } from './modules/analytics/product/rollups/reading/rollup-cache.js';
import { RollupDataService } from './modules/analytics/product/rollups/reading/rollup-data.service.js';
import { RollupMetaRepository } from './modules/analytics/product/rollups/store/rollup-meta.repository.js';
import { RollupReaderRepository } from './modules/analytics/product/rollups/store/rollup-reader.repository.js';
import { RollupSnapshotsService } from './modules/analytics/product/rollups/reading/rollup-snapshots.service.js';
import { RollupSourceRepository } from './modules/analytics/product/rollups/store/rollup-source.repository.js';
import { RollupVerificationService } from './modules/analytics/product/rollups/verification/rollup-verification.service.js';
import { RollupWrites } from './modules/analytics/product/rollups/store/rollup-writes.repository.js';
import { runVerification } from './modules/analytics/product/rollups/verification/run-verification.js';
import { IdentityLinksRepository } from './modules/events/product/links/identity-links.repository.js';
import { IdentityLinksService } from './modules/events/product/links/identity-links.service.js';
import { ProductEventsRepository } from './modules/events/product/product-events.repository.js';
import { IngestEpochsRepository } from './modules/events/product/segments/ingest-epochs.repository.js';
import { IngestEpochsService } from './modules/events/product/segments/ingest-epochs.service.js';
import { ProductDataErasure } from './modules/events/product/segments/product-data-erasure.js';
import { ProductSegmentsRepository } from './modules/events/product/segments/product-segments.repository.js';
import { ProductSegmentsService } from './modules/events/product/segments/product-segments.service.js';
import { SegmentRebuildService } from './modules/events/product/segments/segment-rebuild.service.js';
import { WriteCommands } from './infra/mongo/write-commands.js';

const USAGE = `Usage: npm run rollups:verify -- [--project KEY] [--days 20 | --all] [--repair]

Recomputes days of the product analytics from raw events and compares them with the rollups that reports read: events,
names, quarters of an hour, actors, persons, and the columns. By default 20 days of each project, chosen at random. It
only reads, and may run beside a server. With --repair, days that differ are marked: reports read raw events for them
until a server has made them anew. Exit code 0: no differences, 1: some, 2: it could not be done.`;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      project: { type: 'string' },
      days: { type: 'string', default: '20' },
      all: { type: 'boolean', default: false },
      repair: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const days = Number(values.days);
  if (values.help || !Number.isInteger(days) || days < 1) {
    console.error(USAGE);
    return values.help ? 0 : 2;
  }
  const config: AppConfig = loadConfig(loadEnvFile(process.env));
  const store: StoreAccess = await openStore(config.mongo, config.storage);
  try {
    const verification = createVerification(store, config);
    const options = { projectKey: values.project, daysPerProject: values.all ? Infinity : days };
    const differing = await runVerification(verification, options, (line) => console.log(line));
    if (values.repair) {
      const marks = new RollupMetaRepository(new RollupWrites(store.connection, config.mongo));
      for (const [projectKey, each] of differing.days) await marks.mark(projectKey, each);
      if (differing.days.size > 0)
        console.log('Marked; a running server makes these days anew within a quarter of an hour.');
    }
    return differing.total === 0 && differing.unverified === 0 ? 0 : 1;
  } finally {
    await store.close();
  }
}

/** By hand, since an application would also start jobs: those take what other processes have open for abandoned. */
function createVerification({ connection }: StoreAccess, { mongo, rollups }: AppConfig): RollupVerificationService {
  const commands = new WriteCommands(connection, mongo);
  const epochs = new IngestEpochsRepository(commands);
  const pending = new ProductSegmentsRepository(commands);
  const links = new IdentityLinksService(new IdentityLinksRepository(commands), new ProductEventsRepository(commands));
  const rebuilding = new SegmentRebuildService(epochs, pending, links);
  const ingest = new IngestEpochsService(epochs, pending, rebuilding, new ProductDataErasure());
  const segments = new ProductSegmentsService(ingest, epochs, pending, rebuilding);
  const reader = new RollupReaderRepository(connection);
  const cache = new RollupCache(rollups);
  const snapshots = new RollupSnapshotsService(segments, reader, cache);
  const source = new RollupSourceRepository(new RollupWrites(connection, mongo));
  return new RollupVerificationService(segments, source, reader, snapshots, new RollupDataService(reader, cache));
}

// What this process writes is for its owner alone: the folder may be one that it creates.
process.umask(0o077);

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`The rollups could not be verified: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 2;
}
