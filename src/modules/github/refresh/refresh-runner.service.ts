import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../common/time/clock.js';
import { GITHUB_CONFIG, type GithubConfig } from '../../../config/app.config.js';
import type { ListedRepository, NamedRepository } from '../client/github-answers.js';
import {
  GithubFault,
  GithubNotConfiguredError,
  RateLimitFault,
  TokenFault,
  UnavailableFault,
} from '../github.errors.js';
import { DownloadFolders } from '../lines/download-folders.js';
import { areLinesKnown, uncountableMark } from '../lines/line-policy.js';
import { LineCounterService } from '../lines/line-counter.service.js';
import { RefreshTakenOverError } from '../store/fenced-writes.repository.js';
import {
  GithubRepositoriesRepository,
  listedColumns,
  newRow,
  type RepositoryRow,
} from '../store/github-repositories.repository.js';
import {
  RefreshJobsRepository,
  type ItemResult,
  type NewItem,
  type OpenItem,
} from '../store/refresh-jobs.repository.js';
import { RefreshEndService } from './refresh-end.service.js';
import { RefreshRun, type RunOrder } from './refresh-run.js';
import { RepositoryListService } from './repository-list.service.js';
import { RepositoryRefreshService } from './repository-refresh.service.js';

const WRITE_STEP = 100;

/** `over`: there is nothing to do any more; otherwise GitHub is to be left alone for a while. */
export type RunEnd =
  { kind: 'over' } | { kind: 'pause'; fault: RateLimitFault | UnavailableFault; hasProgressed: boolean };

/** Carries out a refresh from wherever the run before it came. */
@Injectable()
export class RefreshRunnerService {
  private readonly logger = new Logger(RefreshRunnerService.name);

  constructor(
    private readonly lister: RepositoryListService,
    private readonly refresher: RepositoryRefreshService,
    private readonly lines: LineCounterService,
    private readonly folders: DownloadFolders,
    private readonly jobs: RefreshJobsRepository,
    private readonly repositories: GithubRepositoriesRepository,
    private readonly ends: RefreshEndService,
    private readonly clock: Clock,
    @Inject(GITHUB_CONFIG) private readonly config: GithubConfig,
  ) {}

  async run(order: RunOrder): Promise<RunEnd> {
    const job = await this.jobs.begin(order.jobId, order.token, this.clock.now());
    if (job === null) return { kind: 'over' };
    const run = new RefreshRun(job, order);
    try {
      // Of a run that crashed: there is one refresh at a time, and this is its only run.
      await this.folders.removeLeftovers();
      const canCount = await this.lines.isAvailable(run.signal);
      if (job.totalRepositories === null) await this.prepare(run, canCount);
      for (const item of await this.jobs.listOpenItems(order.jobId)) await this.refreshItem(run, item, canCount);
      await this.ends.endByItems(order.jobId);
      return { kind: 'over' };
    } catch (error) {
      if (error instanceof RefreshTakenOverError) return { kind: 'over' };
      run.signal.throwIfAborted();
      if (error instanceof RateLimitFault || error instanceof UnavailableFault) {
        return { kind: 'pause', fault: error, hasProgressed: run.progress.hasProgressed };
      }
      if (!(error instanceof GithubFault) && !(error instanceof GithubNotConfiguredError)) throw error;
      await this.ends.end(order.jobId, 'failed', error.message);
      return { kind: 'over' };
    }
  }

  /** Lists what there is, and settles at once what needs nothing more than that. */
  private async prepare(run: RefreshRun, canCount: boolean): Promise<void> {
    const { repositories, named, problems, incompleteOwners } = await this.lister.list(run.signal, async (rate) => {
      await this.jobs.saveResults(run.fence, run.charge(rate), []);
      await run.keepAlive();
    });
    const stored = await this.repositories.findByIds(repositories.map(({ id }) => id));
    // Short histories first: one that is very long does not keep the others waiting.
    const ordered = [...repositories].sort((a, b) => (a.head?.commitCount ?? 0) - (b.head?.commitCount ?? 0));
    const circumstances = { canCount, config: this.config, now: this.clock.now() };
    const sorted = ordered.map((listed) => sort(listed, stored.get(listed.id), circumstances));
    for (let i = 0; i < sorted.length; i += WRITE_STEP) {
      const rows = sorted.slice(i, i + WRITE_STEP).map(({ row }) => row);
      await this.repositories.saveRows(run.fence, {}, rows);
    }
    const present = new Set([...repositories, ...named].map(({ id }) => id));
    await this.repositories.markOthersGone(run.fence, present, incompleteOwners);
    const items = [...sorted.map(({ item }) => item), ...named.map(toUnreadItem), ...problems.map(toItem)].map(
      (item, position) => ({ ...item, position }),
    );
    const settled = items.filter(({ status }) => status !== 'queued').length;
    await this.jobs.saveItems(run.fence, { totalRepositories: items.length, ...run.listed(settled) }, items);
  }

  private async refreshItem(run: RefreshRun, item: OpenItem, canCount: boolean): Promise<void> {
    run.signal.throwIfAborted();
    await this.settle(run, { position: item.position, status: 'running', error: null });
    await this.settle(run, await this.tryToRefresh(run, item, canCount));
    await run.keepAlive();
  }

  /** What concerns one repository alone is its result; the rest is thrown. */
  private async tryToRefresh(run: RefreshRun, item: OpenItem, canCount: boolean): Promise<ItemResult> {
    try {
      return await this.refresher.refresh(run, item, canCount);
    } catch (error) {
      const isOwn = error instanceof GithubFault && !(error instanceof TokenFault);
      if (!isOwn || error instanceof RateLimitFault || error instanceof UnavailableFault) throw error;
      this.logger.debug(`A repository could not be read: ${error.message}`);
      return { position: item.position, status: 'failed', error: error.message };
    }
  }

  private async settle(run: RefreshRun, result: ItemResult): Promise<void> {
    const figures = result.status === 'running' ? {} : run.settled();
    await this.jobs.saveResults(run.fence, { ...figures, currentShare: 0 }, [result]);
  }
}

type Sorted = { row: RepositoryRow; item: Omit<NewItem, 'position'> };

/** What the list alone says of a repository: empty, unchanged, or to be read. */
function sort(
  listed: ListedRepository,
  stored: RepositoryRow | undefined,
  { canCount, config, now }: { canCount: boolean; config: GithubConfig; now: number },
): Sorted {
  const row: RepositoryRow = { ...(stored ?? newRow(listed)), ...listedColumns(listed) };
  const item = { repositoryId: listed.id, name: `${listed.owner}/${listed.name}`, error: null, listed: null };
  if (listed.head === null) {
    const skipped = { ...item, status: 'skipped' as const, error: 'The repository is empty' };
    return { row: { ...row, state: 'empty' }, item: skipped };
  }
  const areLinesDone =
    areLinesKnown(row, listed.head.oid, canCount) || row.uncountable === uncountableMark(listed.head.oid, config);
  const isUnchanged = row.headOid === listed.head.oid && areLinesDone;
  // One that is back shows what is known of it until it has been read.
  const state = row.headOid === null ? 'new' : 'shown';
  if (isUnchanged) return { row: { ...row, state, refreshedAt: now }, item: { ...item, status: 'unchanged' } };
  return { row: { ...row, state }, item: { ...item, status: 'queued', listed } };
}

function toUnreadItem({ id, owner, name }: NamedRepository): Sorted['item'] {
  const error = 'GitHub told nothing but its name: its answer took too long, or the token may not read it';
  return { repositoryId: id, name: `${owner}/${name}`, status: 'failed', error, listed: null };
}

function toItem({ name, error }: { name: string; error: string }): Sorted['item'] {
  return { repositoryId: '', name, status: 'failed', error, listed: null };
}
