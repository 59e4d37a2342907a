import type { Connection, mongo } from 'mongoose';
import type { MongoConfig } from '../../src/config/app.config.js';
import type { LeaseService } from '../../src/infra/lease/lease.service.js';
import { ActorBooks } from '../../src/modules/analytics/product/rollups/compaction/actor-books.service.js';
import { ActorChunksRepository } from '../../src/modules/analytics/product/rollups/store/actor-chunks.repository.js';
import { ActorRefreshService } from '../../src/modules/analytics/product/rollups/compaction/actor-refresh.service.js';
import { DayBlocksRepository } from '../../src/modules/analytics/product/rollups/store/day-blocks.repository.js';
import { DayHeadsRepository } from '../../src/modules/analytics/product/rollups/store/day-heads.repository.js';
import { DayMergeService } from '../../src/modules/analytics/product/rollups/compaction/day-merge.service.js';
import { DayRebuildService } from '../../src/modules/analytics/product/rollups/compaction/day-rebuild.service.js';
import { HeadGenerationsService } from '../../src/modules/analytics/product/rollups/compaction/head-generations.service.js';
import { ROLLUP_MODELS } from '../../src/modules/analytics/product/rollups/store/product-rollups.schema.js';
import { ProductRollupsService } from '../../src/modules/analytics/product/product-rollups.service.js';
import { RecentEpochs } from '../../src/modules/analytics/product/rollups/compaction/recent-epochs.js';
import { RollupBuildService } from '../../src/modules/analytics/product/rollups/compaction/rollup-build.service.js';
import { RollupCleaningService } from '../../src/modules/analytics/product/rollups/compaction/rollup-cleaning.service.js';
import { RollupCompactionService } from '../../src/modules/analytics/product/rollups/compaction/rollup-compaction.service.js';
import { RollupDaysService } from '../../src/modules/analytics/product/rollups/compaction/rollup-days.service.js';
import { RollupGarbageService } from '../../src/modules/analytics/product/rollups/compaction/rollup-garbage.service.js';
import { RollupLeaseService } from '../../src/modules/analytics/product/rollups/compaction/rollup-lease.service.js';
import { RollupMetaRepository } from '../../src/modules/analytics/product/rollups/store/rollup-meta.repository.js';
import { RollupRemovalService } from '../../src/modules/analytics/product/rollups/compaction/rollup-removal.service.js';
import { RollupSourceRepository } from '../../src/modules/analytics/product/rollups/store/rollup-source.repository.js';
import { RollupWorkService } from '../../src/modules/analytics/product/rollups/compaction/rollup-work.service.js';
import {
  RollupWrites,
  type WriteReply,
} from '../../src/modules/analytics/product/rollups/store/rollup-writes.repository.js';
import { SegmentMergeService } from '../../src/modules/analytics/product/rollups/compaction/segment-merge.service.js';
import type { EpochTimes } from '../../src/modules/events/product/segments/ingest-epochs.service.js';
import { FlakyCommands } from './flaky-commands.js';
import { createProductServer, type ProductServer } from './product-store.js';

/** Epochs are sealed only when a test asks for it. */
const LASTING: EpochTimes = { rotate: 60_000, settle: 30, afterPing: 5, retry: 20 };

/** A write at which a process dies: before it, in the midst of its statements, or before its answer. */
export type Death = 'before' | 'half' | 'after';

type Lease = Pick<LeaseService, 'withLease'>;

/** What happens to a process at its n-th write, from 1. */
export interface Fate {
  at: number;
  /** Absent: it only pauses. */
  how?: Death;
  /** Paused so long before it; called when it comes there. */
  pause?: () => Promise<void>;
}

/** One server process that ingests and merges. */
export interface RollupProcess {
  server: ProductServer;
  rollups: ProductRollupsService;
  work: RollupWorkService;
  compaction: RollupCompactionService;
  cleaning: RollupCleaningService;
  garbage: RollupGarbageService;
  meta: RollupMetaRepository;
  heads: DayHeadsRepository;
  blocks: DayBlocksRepository;
  chunks: ActorChunksRepository;
  /** False: it died. */
  isAlive(): boolean;
}

/** One holder at a time, as in one database. */
export function newLease(): Lease {
  let taken = false;
  return {
    async withLease(_name, _ttlMs, work) {
      if (taken) return false;
      taken = true;
      try {
        await work(new AbortController().signal, {} as never);
        return true;
      } finally {
        taken = false;
      }
    },
  };
}

/** For everybody at once: what the loss of a lease that nobody notices comes to. */
export const BROKEN_LEASE: Lease = {
  async withLease(_name, _ttlMs, work) {
    await work(new AbortController().signal, {} as never);
    return true;
  },
};

/** Indexes that rollups need beside those of events. */
export async function addRollupIndexes(connection: Connection): Promise<void> {
  for (const { name, schema } of ROLLUP_MODELS) await connection.model(name, schema).createIndexes();
}

export function createRollupProcess(connection: Connection, lease: Lease = newLease(), fate?: Fate): RollupProcess {
  const life = new Life(fate);
  const server = createProductServer(connection, {
    commands: new FlakyCommands(connection, () => life.beginWrite()),
    epochTimes: LASTING,
  });
  const { segments, projects, dependents } = server;
  const writes = new MortalWrites(connection, life);
  const meta = new RollupMetaRepository(writes);
  const source = new RollupSourceRepository(writes);
  const chunks = new ActorChunksRepository(writes);
  const heads = new DayHeadsRepository(writes);
  const blocks = new DayBlocksRepository(writes);
  const recent = new RecentEpochs();
  const books = new ActorBooks(chunks);
  const generations = new HeadGenerationsService(heads, meta);
  const garbage = new RollupGarbageService(heads, blocks);
  const days = new RollupDaysService(heads, blocks, garbage);
  const merging = new SegmentMergeService(
    segments,
    meta,
    books,
    source,
    new DayMergeService(generations, blocks, days, recent),
  );
  const rebuilding = new DayRebuildService(segments, source, books, generations, blocks, days, recent);
  const builds = new RollupBuildService(meta, source, books, heads, rebuilding);
  const removal = new RollupRemovalService(meta, chunks, heads, blocks, books, segments);
  const work = new RollupWorkService(meta, merging, builds, removal, books, projects);
  const rollupLease = new RollupLeaseService(lease as LeaseService);
  const actors = new ActorRefreshService(meta, books, source, heads);
  const rollups = new ProductRollupsService(segments, work, rollupLease, meta, source, actors, removal, dependents);
  const cleaning = new RollupCleaningService(meta, source, garbage, removal, projects, books);
  const compaction = new RollupCompactionService(segments, work, rollupLease, meta, cleaning);
  return {
    ...{ server, rollups, work, compaction, cleaning, garbage, meta, heads, blocks, chunks },
    isAlive: () => life.isAlive,
  };
}

/** Counts the writes of a process until its death. */
class Life {
  isAlive = true;
  private count = 0;

  constructor(private readonly fate: Fate | undefined) {}

  beginWrite(): 'before' | 'after' | undefined {
    const fault = this.next();
    return fault === 'half' ? 'before' : fault;
  }

  next(): Death | undefined {
    if (!this.isAlive) return 'before';
    if (++this.count !== this.fate?.at || this.fate.how === undefined) return undefined;
    this.isAlive = false;
    return this.fate.how;
  }

  async pause(): Promise<void> {
    if (this.count + 1 === this.fate?.at) await this.fate.pause?.();
  }
}

class MortalWrites extends RollupWrites {
  constructor(
    connection: Connection,
    private readonly life: Life,
  ) {
    super(connection, { embedded: process.env.TEST_MONGODB_URI === undefined } as MongoConfig);
  }

  protected override async run(command: mongo.Document): Promise<WriteReply> {
    await this.life.pause();
    const fault = this.life.next();
    if (fault === 'before') throw new Error('died before a write');
    if (fault === 'half') await super.run(halfOf(command));
    const reply = fault === 'half' ? undefined : await super.run(command);
    if (fault !== undefined || reply === undefined || !this.life.isAlive) throw new Error('died in a write');
    return reply;
  }
}

/** What a database may have done of an unordered command. */
function halfOf(command: mongo.Document): mongo.Document {
  const half = (field: string) => {
    const statements = command[field] as mongo.Document[] | undefined;
    return statements && { [field]: statements.slice(0, Math.ceil(statements.length / 2)) };
  };
  return { ...command, ...half('documents'), ...half('updates') };
}
