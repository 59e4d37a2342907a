import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { LeaseModule } from '../../../infra/lease/lease.module.js';
import { ProductEventsModule } from '../../events/product/product-events.module.js';
import { ProjectsModule } from '../../projects/projects.module.js';
import { ActorBooks } from './rollups/compaction/actor-books.service.js';
import { ActorChunksRepository } from './rollups/store/actor-chunks.repository.js';
import { ActorRefreshService } from './rollups/compaction/actor-refresh.service.js';
import { DayBlocksRepository } from './rollups/store/day-blocks.repository.js';
import { DayHeadsRepository } from './rollups/store/day-heads.repository.js';
import { DayMergeService } from './rollups/compaction/day-merge.service.js';
import { DayRebuildService } from './rollups/compaction/day-rebuild.service.js';
import { EventSourcesService } from './event-sources.service.js';
import { HeadGenerationsService } from './rollups/compaction/head-generations.service.js';
import { ProductProcessRepository } from './runs/product-process.repository.js';
import { ROLLUP_MODELS } from './rollups/store/product-rollups.schema.js';
import { ProductRollupsService } from './product-rollups.service.js';
import { ProductRunsService } from './runs/product-runs.service.js';
import { ProductSessionsRepository } from './runs/product-sessions.repository.js';
import { PropertyBreakdownsService } from './properties/property-breakdowns.service.js';
import { PropertyCountsService } from './properties/property-counts.service.js';
import { PropertyGroupsRepository } from './properties/property-groups.repository.js';
import { RawEventSourceRepository } from './raw/raw-event-source.repository.js';
import { RecentEpochs } from './rollups/compaction/recent-epochs.js';
import { RollupBuildService } from './rollups/compaction/rollup-build.service.js';
import { RollupCache } from './rollups/reading/rollup-cache.js';
import { RollupCleaningService } from './rollups/compaction/rollup-cleaning.service.js';
import { RollupCompactionJob } from './rollups/compaction/rollup-compaction.job.js';
import { RollupCompactionService } from './rollups/compaction/rollup-compaction.service.js';
import { RollupDataService } from './rollups/reading/rollup-data.service.js';
import { RollupDaysService } from './rollups/compaction/rollup-days.service.js';
import { RollupGarbageService } from './rollups/compaction/rollup-garbage.service.js';
import { RollupLeaseService } from './rollups/compaction/rollup-lease.service.js';
import { RollupMetaRepository } from './rollups/store/rollup-meta.repository.js';
import { RollupReaderRepository } from './rollups/store/rollup-reader.repository.js';
import { RollupRemovalService } from './rollups/compaction/rollup-removal.service.js';
import { RollupSnapshotsService } from './rollups/reading/rollup-snapshots.service.js';
import { RollupSourceRepository } from './rollups/store/rollup-source.repository.js';
import { RollupWorkService } from './rollups/compaction/rollup-work.service.js';
import { RollupWrites } from './rollups/store/rollup-writes.repository.js';
import { SegmentMergeService } from './rollups/compaction/segment-merge.service.js';

/** Makes rollups of the events of projects. Everything here but the job and the API for others works under its lease. */
const WRITING = [
  RollupWrites,
  RollupMetaRepository,
  RollupSourceRepository,
  ActorChunksRepository,
  DayHeadsRepository,
  DayBlocksRepository,
  { provide: RecentEpochs, useFactory: () => new RecentEpochs() },
  ActorBooks,
  HeadGenerationsService,
  RollupGarbageService,
  RollupDaysService,
  DayMergeService,
  SegmentMergeService,
  DayRebuildService,
  RollupBuildService,
  RollupRemovalService,
  ActorRefreshService,
  RollupWorkService,
  RollupCleaningService,
  RollupLeaseService,
  RollupCompactionService,
  RollupCompactionJob,
  ProductRollupsService,
];

@Module({
  imports: [ProductEventsModule, ProjectsModule, LeaseModule, MongooseModule.forFeature(ROLLUP_MODELS)],
  providers: [
    ...WRITING,
    RawEventSourceRepository,
    PropertyGroupsRepository,
    PropertyBreakdownsService,
    PropertyCountsService,
    ProductProcessRepository,
    ProductSessionsRepository,
    ProductRunsService,
    RollupCache,
    RollupReaderRepository,
    RollupSnapshotsService,
    RollupDataService,
    EventSourcesService,
  ],
  exports: [
    ProductRollupsService,
    PropertyBreakdownsService,
    PropertyCountsService,
    ProductRunsService,
    EventSourcesService,
  ],
})
export class ProductAnalyticsModule {}
