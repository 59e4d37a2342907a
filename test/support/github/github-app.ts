import { isStoreUnavailable } from '../../../src/common/errors/store-errors.js';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Test, type TestingModule } from '@nestjs/testing';
import { LifecycleModule } from '../../../src/common/lifecycle/lifecycle.module.js';
import { ServerState } from '../../../src/common/lifecycle/server-state.js';
import { ConfigModule } from '../../../src/config/config.module.js';
import { loadConfig } from '../../../src/config/load-config.js';
import { JobsModule } from '../../../src/infra/jobs/jobs.module.js';
import { RedisModule } from '../../../src/infra/redis/redis.module.js';
import { SqlConnector } from '../../../src/infra/sql/sql-connector.js';
import { SqlModule } from '../../../src/infra/sql/sql.module.js';
import { GithubRefreshModule } from '../../../src/modules/github/github.module.js';
import { GithubProjectDto } from '../../../src/modules/github/dto/project.dto.js';
import { GithubProjectsService } from '../../../src/modules/github/projects/github-projects.service.js';
import { RefreshService, type Refresh } from '../../../src/modules/github/refresh/refresh.service.js';
import { TEST_SECRETS } from '../auth.js';
import type { SqlTestDatabase } from '../sql.js';
import type { GithubDouble } from './github-double.mjs';
import { PATIENT } from '../patience.js';

export interface GithubApp {
  module: TestingModule;
  dataDir: string;
  refreshes: RefreshService;
  projects: GithubProjectsService;
  /** A whole refresh. */
  refresh(limitMs?: number): Promise<Refresh>;
  /** Waits until a refresh is as wanted. */
  until(id: string, condition: (refresh: Refresh) => boolean, limitMs?: number): Promise<Refresh>;
  /** What is shown, by name. */
  shown(): Promise<Record<string, GithubProjectDto>>;
  close(): Promise<void>;
}

const TOOLS = { PATH: process.env.PATH ?? '' };

/** The GitHub module of one process on a test database, with a double for GitHub. Several on one database are replicas. */
export async function startGithub(
  database: SqlTestDatabase,
  double: Pick<GithubDouble, 'url' | 'token'>,
  env: Record<string, string> = {},
): Promise<GithubApp> {
  const { location, dialect } = database.config;
  const dataDir = env.DATA_DIR ?? mkdtempSync(join(process.env.ALMANAC_TEST_ROOT ?? tmpdir(), 'github-'));
  const config = loadConfig({
    ...PATIENT,
    ...TOOLS,
    NODE_ENV: 'test',
    ...TEST_SECRETS,
    DATA_DIR: dataDir,
    DATABASE_URL: dialect === 'sqlite' ? `sqlite://${location}` : location,
    SHUTDOWN_TIMEOUT_MS: '1000',
    GITHUB_ACCESS_TOKEN: double.token,
    GITHUB_API_URL: double.url,
    GITHUB_SYNC_CRON: 'off',
    ...env,
  });
  const module = await Test.createTestingModule({
    imports: [ConfigModule.forRoot(config), LifecycleModule, SqlModule, RedisModule, JobsModule, GithubRefreshModule],
  })
    .setLogger(false as never)
    .compile();
  module.useLogger(false);
  await module.init();
  await module.get(SqlConnector).ready;
  module.get(ServerState).markRunning();
  const refreshes = module.get(RefreshService);
  const projects = module.get(GithubProjectsService);
  const until: GithubApp['until'] = async (id, condition, limitMs = 120_000) => {
    const end = Date.now() + limitMs;
    for (;;) {
      // A database that other suites keep busy may be slow to answer now and then.
      const refresh = await refreshes.get(id).catch((error: unknown) => {
        if (isStoreUnavailable(error)) return null;
        throw error;
      });
      if (refresh !== null && condition(refresh)) return refresh;
      if (Date.now() > end) throw new Error(`Waited ${limitMs} ms: ${JSON.stringify(refresh)}`);
      await sleep(40);
    }
  };
  return {
    module,
    dataDir,
    refreshes,
    projects,
    until,
    async refresh(limitMs) {
      const { id } = await refreshes.start();
      return until(id, ({ job }) => job.completedAt !== null, limitMs);
    },
    async shown() {
      const rows = await projects.list('name');
      return Object.fromEntries(rows.map((row) => [row.name, GithubProjectDto.from(row)]));
    },
    close: () => module.close(),
  };
}
