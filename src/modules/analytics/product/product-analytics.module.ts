import { Module } from '@nestjs/common';
import { MongooseModule } from '@nestjs/mongoose';
import { LeaseModule } from '../../../infra/lease/lease.module.js';
import { ProductEventsModule } from '../../events/product/product-events.module.js';
import { ProjectsModule } from '../../projects/projects.module.js';
import { ActorBooks } from './actor-books.service.js';
import { ActorChunksRepository } from './actor-chunks.repository.js';
import { ActorRefreshService } from './actor-refresh.service.js';
import { DayBlocksRepository } from './day-blocks.repository.js';
import { DayHeadsRepository } from './day-heads.repository.js';
import { DayMergeService } from './day-merge.service.js';
import { DayRebuildService } from './day-rebuild.service.js';
import { EventSourcesService } from './event-sources.service.js';
import { HeadGenerationsService } from './head-generations.service.js';
import { ProductProcessRepository } from './product-process.repository.js';
import { ROLLUP_MODELS } from './product-rollups.schema.js';
import { ProductRollupsService } from './product-rollups.service.js';
import { ProductRunsService } from './product-runs.service.js';
import { ProductSessionsRepository } from './product-sessions.repository.js';
import { PropertyBreakdownsService } from './property-breakdowns.service.js';
import { PropertyCountsService } from './property-counts.service.js';
import { PropertyGroupsRepository } from './property-groups.repository.js';
import { RawEventSourceRepository } from './raw-event-source.repository.js';
import { RecentEpochs } from './recent-epochs.js';
import { RollupBuildService } from './rollup-build.service.js';
import { RollupCache } from './rollup-cache.js';
import { RollupCleaningService } from './rollup-cleaning.service.js';
import { RollupCompactionJob } from './rollup-compaction.job.js';
import { RollupCompactionService } from './rollup-compaction.service.js';
import { RollupDataService } from './rollup-data.service.js';
import { RollupDaysService } from './rollup-days.service.js';
import { RollupGarbageService } from './rollup-garbage.service.js';
import { RollupLeaseService } from './rollup-lease.service.js';
import { RollupMetaRepository } from './rollup-meta.repository.js';
import { RollupReaderRepository } from './rollup-reader.repository.js';
import { RollupRemovalService } from './rollup-removal.service.js';
import { RollupSnapshotsService } from './rollup-snapshots.service.js';
import { RollupSourceRepository } from './rollup-source.repository.js';
import { RollupWorkService } from './rollup-work.service.js';
import { RollupWrites } from './rollup-writes.repository.js';
import { SegmentMergeService } from './segment-merge.service.js';

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
