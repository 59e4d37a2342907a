import { Inject, Injectable } from '@nestjs/common';
import { EventLoopTurns } from '../../../common/event-loop-turns.js';
import { Clock } from '../../../common/time/clock.js';
import { GITHUB_CONFIG, type GithubConfig } from '../../../config/app.config.js';
import type { ListedRepository, RepositoryHead } from '../client/github-answers.js';
import { CommitFiguresBuilder, type CommitFigures } from '../commits/commit-figures.js';
import { HistoryWalkService } from '../commits/history-walk.service.js';
import { LineCountFault, RefusedFault, TooLargeToCountFault } from '../github.errors.js';
import { areLinesKnown, linesWithoutCount, uncountableMark, type Lines } from '../lines/line-policy.js';
import { LineCounterService } from '../lines/line-counter.service.js';
import { GithubCommitsRepository, type WalkRow } from '../store/github-commits.repository.js';
import {
  GithubRepositoriesRepository,
  listedColumns,
  newRow,
  type RepositoryRow,
} from '../store/github-repositories.repository.js';
import type { ItemResult, OpenItem } from '../store/refresh-jobs.repository.js';
import type { RefreshRun } from './refresh-run.js';

const MINUTE = 60;

/** Brings the figures of one repository up to date: history, lines, and then all of them at once. */
@Injectable()
export class RepositoryRefreshService {
  constructor(
    private readonly walks: HistoryWalkService,
    private readonly lines: LineCounterService,
    private readonly commits: GithubCommitsRepository,
    private readonly repositories: GithubRepositoriesRepository,
    private readonly clock: Clock,
    @Inject(GITHUB_CONFIG) private readonly config: GithubConfig,
  ) {}

  /** @param canCount there is a git @throws GithubFault; what was stored is as it was */
  async refresh(run: RefreshRun, item: OpenItem, canCount: boolean): Promise<ItemResult> {
    const { position, listed } = item;
    const head = listed.head!;
    const stored = (await this.repositories.findByIds([listed.id])).get(listed.id) ?? newRow(listed);
    const figures = await this.readHistory(run, listed, head);
    const { lines, error, uncountable } = await this.countLines(run, stored, listed, head, canCount);
    const row: RepositoryRow = {
      ...stored,
      ...listedColumns(listed),
      ...lines,
      uncountable,
      state: 'shown',
      headOid: head.oid,
      lastCommitAt: head.committedAt,
      commitCount: figures.commitCount,
      firstCommitAt: figures.firstCommitAt,
      activeDays: figures.activeDays,
      additions: figures.additions,
      deletions: figures.deletions,
      isChurnComplete: figures.isChurnComplete,
      codingSeconds: figures.codingSeconds,
      refreshedAt: this.clock.now(),
    };
    await this.repositories.saveFigures(run.fence, {}, row, figures.days);
    return { position, status: error === null ? 'updated' : 'partial', error };
  }

  private async readHistory(run: RefreshRun, { id }: ListedRepository, head: RepositoryHead): Promise<CommitFigures> {
    const order = { fence: run.fence, repositoryId: id, headOid: head.oid, signal: run.signal, watcher: run };
    for (let attempt = 1; ; attempt += 1) {
      const walk = await this.walks.walk(order);
      const figures = await this.computeFigures(walk, run.signal);
      if (figures.commitCount === walk.baseCount) return figures;
      // Something is wrong with what is stored; reading all of it anew heals that.
      if (attempt > 1) throw new RefusedFault(`${figures.commitCount} of ${walk.baseCount} commits are stored`);
      await this.commits.saveWalk(run.fence, { ...walk, baseOid: null, baseCount: 0 });
    }
  }

  private async computeFigures(walk: WalkRow, signal: AbortSignal): Promise<CommitFigures> {
    const builder = new CommitFiguresBuilder();
    const turns = new EventLoopTurns();
    for await (const commits of this.commits.listBase(walk)) {
      signal.throwIfAborted();
      for (const commit of commits) builder.add(commit);
      await turns.give();
    }
    const { sessionGapMinutes, sessionFirstMinutes } = this.config;
    return builder.finish({ gap: sessionGapMinutes * MINUTE, first: sessionFirstMinutes * MINUTE });
  }

  private async countLines(
    run: RefreshRun,
    stored: Lines & { uncountable: string | null },
    listed: ListedRepository,
    head: RepositoryHead,
    canCount: boolean,
  ): Promise<{ lines: Lines; error: string | null; uncountable: string | null }> {
    const mark = uncountableMark(head.oid, this.config);

    const known: Lines = { loc: stored.loc, locSource: stored.locSource, locOid: stored.locOid };
    if (areLinesKnown(known, head.oid, canCount)) return { lines: known, error: null, uncountable: null };
    if (!canCount || stored.uncountable === mark) {
      return { lines: linesWithoutCount(known, head.oid, listed), error: null, uncountable: stored.uncountable };
    }
    try {
      await run.keepAlive();
      const { loc, source } = await this.lines.count(listed, head.oid, run.signal, () => run.keepAlive());
      return { lines: { loc, locSource: source, locOid: head.oid }, error: null, uncountable: null };
    } catch (error) {
      if (!(error instanceof LineCountFault)) throw error;
      const lines = linesWithoutCount(known, head.oid, listed);
      const uncountable = error instanceof TooLargeToCountFault ? mark : null;
      return { lines, error: `The lines were not counted: ${error.message}`, uncountable };
    }
  }
}
