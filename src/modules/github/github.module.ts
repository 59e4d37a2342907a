import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AccountLifecycleModule } from '../../common/lifecycle/account-lifecycle.module.js';
import { ScheduledRunsModule } from '../../infra/schedule/schedule.module.js';
import { GithubClient } from './client/github.client.js';
import { HistoryWalkService } from './commits/history-walk.service.js';
import { ClocClient } from './lines/cloc.client.js';
import { DownloadFolders } from './lines/download-folders.js';
import { GitClient } from './lines/git.client.js';
import { LineCounterService } from './lines/line-counter.service.js';
import { GithubProjectsController } from './projects/github-projects.controller.js';
import { GithubProjectsService } from './projects/github-projects.service.js';
import { SampleProjectsService } from './projects/sample-projects.service.js';
import { IdempotentRefreshesService } from './refresh/idempotent-refreshes.service.js';
import { RefreshAnswerInterceptor } from './refresh/refresh-answer.interceptor.js';
import { RefreshController } from './refresh/refresh.controller.js';
import { RefreshEndService } from './refresh/refresh-end.service.js';
import { RefreshEventsService } from './refresh/refresh-events.service.js';
import { RefreshJob } from './refresh/refresh.job.js';
import { RefreshRunnerService } from './refresh/refresh-runner.service.js';
import { RefreshService } from './refresh/refresh.service.js';
import { RepositoryListService } from './refresh/repository-list.service.js';
import { RepositoryRefreshService } from './refresh/repository-refresh.service.js';
import { FencedWritesRepository } from './store/fenced-writes.repository.js';
import { GithubCommitEntity, GithubDayEntity } from './store/github-commit.entity.js';
import { GithubCommitsRepository } from './store/github-commits.repository.js';
import { GithubRefreshItemEntity, GithubRefreshJobEntity } from './store/github-refresh.entity.js';
import { GithubRefreshKeyEntity } from './store/github-refresh-key.entity.js';
import { GithubRepositoriesRepository } from './store/github-repositories.repository.js';
import { GithubRepositoryEntity } from './store/github-repository.entity.js';
import { GithubWalkEntity } from './store/github-walk.entity.js';
import { RefreshJobsRepository } from './store/refresh-jobs.repository.js';
import { RefreshKeysRepository } from './store/refresh-keys.repository.js';

const ENTITIES = [
  GithubRepositoryEntity,
  GithubCommitEntity,
  GithubDayEntity,
  GithubWalkEntity,
  GithubRefreshJobEntity,
  GithubRefreshItemEntity,
  GithubRefreshKeyEntity,
];

/** Refreshes of the GitHub figures and what keeps them. They belong to the instance: the deletion of an account leaves them. */
@Module({
  imports: [AccountLifecycleModule, ScheduledRunsModule, TypeOrmModule.forFeature(ENTITIES)],
  providers: [
    GithubClient,
    GitClient,
    ClocClient,
    DownloadFolders,
    FencedWritesRepository,
    GithubCommitsRepository,
    GithubRepositoriesRepository,
    RefreshJobsRepository,
    HistoryWalkService,
    LineCounterService,
    RepositoryListService,
    RepositoryRefreshService,
    RefreshRunnerService,
    RefreshEndService,
    RefreshService,
    RefreshJob,
    GithubProjectsService,
    SampleProjectsService,
  ],
  exports: [RefreshService, GithubProjectsService, SampleProjectsService],
})
export class GithubRefreshModule {}

/** The GitHub dashboard. */
@Module({
  imports: [GithubRefreshModule],
  controllers: [GithubProjectsController, RefreshController],
  providers: [RefreshKeysRepository, IdempotentRefreshesService, RefreshAnswerInterceptor, RefreshEventsService],
})
export class GithubModule {}
