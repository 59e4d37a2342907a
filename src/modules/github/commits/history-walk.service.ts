import { Injectable, Logger } from '@nestjs/common';
import { GithubClient } from '../client/github.client.js';
import type { HistoryPage, ListedCommit, RateState } from '../client/github-answers.js';
import { RefusedFault, TooMuchAskedFault, UnavailableFault } from '../github.errors.js';
import type { Fence, RunFigures } from '../store/fenced-writes.repository.js';
import { GithubCommitsRepository, type CommitRow, type WalkRow } from '../store/github-commits.repository.js';
import { authorKey } from './author-key.js';
import { LARGEST_PAGE, PageSize } from './page-size.js';

/** Single commits whose churn GitHub cannot tell, after which it is not asked for any more in this walk. */
const CHURN_PATIENCE = 3;
/** A history that was read this far is read on, also when there are newer commits. */
const WORTH_FINISHING = 500;

/** What a refresh lets a walk tell it. */
export interface WalkWatcher {
  /** @param share of the commits, 0 to 1 @returns what is written with the page */
  onPage(share: number, rate: RateState | null): RunFigures;
  /** After each page: the time limit of the step begins anew. */
  keepAlive(): Promise<void>;
}

export interface WalkOrder {
  fence: Fence;
  repositoryId: string;
  headOid: string;
  signal: AbortSignal;
  watcher: WalkWatcher;
}

/**
 * Reads histories page by page from a commit that stays the same, each page and how far it came in one transaction, so that
 * a walk goes on where it was whatever happens.
 *
 * Commits since the last walk are found by going back until as many new ones have come as the count of the history grew by,
 * and the last head as well: a merge brings commits that are older than others that are known. Where more new ones come, or
 * the last head does not, the history was rewritten, and it is read from the beginning.
 */
@Injectable()
export class HistoryWalkService {
  private readonly logger = new Logger(HistoryWalkService.name);

  constructor(
    private readonly client: GithubClient,
    private readonly commits: GithubCommitsRepository,
  ) {}

  /** Returns when all commits that can be reached from `headOid` are stored. @throws GithubFault */
  async walk(order: WalkOrder): Promise<WalkRow> {
    let walk = (await this.commits.findWalk(order.repositoryId)) ?? newWalk(order.repositoryId);
    if (walk.headOid !== null && walk.headOid !== order.headOid) walk = await this.finishOlder(order, walk);
    if (walk.baseOid === order.headOid && walk.headOid === null) return walk;
    // Of a walk that came to its end without completing, and a crash before the next one.
    if (walk.headOid === null && walk.baseOid !== null && walk.number > walk.baseTo)
      await this.deleteStrays(order, walk);
    if (walk.headOid !== order.headOid) walk = begin(walk, order.headOid, walk.baseOid === null);
    return this.walkOn(order, walk);
  }

  /** The walk to a commit that is not the head any more: it is finished where much of a long history has been read. */
  private async finishOlder(order: WalkOrder, walk: WalkRow): Promise<WalkRow> {
    if (walk.isWhole && walk.newCount >= WORTH_FINISHING) {
      try {
        return await this.walkOn(order, walk);
      } catch (error) {
        if (!(error instanceof RefusedFault)) throw error;
      }
    }
    // What it met must not pass for a part of the base, which the next walk extends.
    await this.deleteStrays(order, walk);
    return { ...walk, headOid: null };
  }

  private async walkOn(order: WalkOrder, started: WalkRow): Promise<WalkRow> {
    const headOid = started.headOid!;
    let walk = started;
    let size = new PageSize(walk.pageSize);
    for (;;) {
      order.signal.throwIfAborted();
      const { page, withChurn } = await this.ask(order, walk, size);
      if (!walk.isWhole && page.commitCount <= walk.baseCount) {
        const isFirst = walk.cursor === null;
        walk = begin(walk, headOid, true);
        if (!isFirst) continue;
      }
      // What was too much is behind: the next page may be a whole one again.
      if (!withChurn && walk.pagesWithoutChurn < CHURN_PATIENCE) size = new PageSize(LARGEST_PAGE);
      walk = await this.store(order, walk, page, { size: size.current, hasChurn: withChurn });
      await order.watcher.keepAlive();
      if (walk.baseOid === headOid) {
        if (walk.isWhole) await this.deleteStrays(order, walk);
        return walk;
      }
      if (walk.isWhole && walk.headOid === null) {
        throw new RefusedFault(`GitHub showed ${walk.newCount} of ${page.commitCount} commits`);
      }
      if (!walk.isWhole && (walk.headOid === null || walk.newCount > expectedCount(walk, page.commitCount))) {
        this.logger.debug('A history was rewritten and is read anew');
        walk = begin(walk, headOid, true);
        size = new PageSize(walk.pageSize);
      }
    }
  }

  /** The next page, as large as GitHub can manage; without additions and deletions where they are what is too much. */
  private async ask(
    order: WalkOrder,
    walk: WalkRow,
    size: PageSize,
  ): Promise<{ page: HistoryPage; withChurn: boolean }> {
    let withChurn = walk.pagesWithoutChurn < CHURN_PATIENCE;
    for (;;) {
      try {
        const { repositoryId, headOid, cursor } = walk;
        const question = { repositoryId, oid: headOid!, cursor, pageSize: size.current, withChurn };
        const page = await this.client.listCommits(question, order.signal);
        size.succeeded();
        return { page, withChurn };
      } catch (error) {
        const isTooMuch = error instanceof TooMuchAskedFault;
        if (!isTooMuch && !(error instanceof UnavailableFault)) throw error;
        if (isTooMuch && size.shrink()) await order.watcher.keepAlive();
        else if (isTooMuch && withChurn) withChurn = false;
        else {
          // Whose fault is it? GitHub's as a whole: all waits. This repository's: the others go on.
          await this.assertGithubIsThere(order.signal);
          throw new RefusedFault(`GitHub could not read its history: ${error.message}`);
        }
      }
    }
  }

  private async assertGithubIsThere(signal: AbortSignal): Promise<void> {
    try {
      await this.client.ping(signal);
    } catch (error) {
      if (error instanceof TooMuchAskedFault) throw new UnavailableFault(error.message);
      throw error;
    }
  }

  private async store(
    order: WalkOrder,
    walk: WalkRow,
    page: HistoryPage,
    { size, hasChurn }: { size: number; hasChurn: boolean },
  ): Promise<WalkRow> {
    const { fence, watcher } = order;
    const oids = page.commits.map(({ oid }) => oid);
    const known = walk.isWhole ? new Set<string>() : await this.commits.findBaseOids(walk, oids);
    const fresh = page.commits.filter(({ oid }) => !known.has(oid));
    const met: WalkRow = {
      ...walk,
      cursor: page.nextCursor,
      newCount: walk.newCount + fresh.length,
      metBase: walk.metBase || (walk.baseOid !== null && oids.includes(walk.baseOid)),
      pageSize: size,
      pagesWithoutChurn: walk.pagesWithoutChurn + (hasChurn ? 0 : 1),
    };
    const share = page.commitCount === 0 ? 1 : Math.min(1, met.newCount / expectedCount(met, page.commitCount));
    const next = afterPage(met, page);
    await this.commits.savePage(fence, watcher.onPage(share, page.rate), next, fresh.map(toRow));
    return next;
  }

  private async deleteStrays({ signal }: WalkOrder, walk: WalkRow): Promise<void> {
    while (await this.commits.deleteStrays(walk)) signal.throwIfAborted();
  }
}

function newWalk(repositoryId: string): WalkRow {
  return {
    repositoryId,
    baseOid: null,
    baseCount: 0,
    baseFrom: 0,
    baseTo: 0,
    number: 0,
    headOid: null,
    isWhole: true,
    cursor: null,
    newCount: 0,
    metBase: false,
    pageSize: LARGEST_PAGE,
    pagesWithoutChurn: 0,
  };
}

/** A new walk; stored with its first page. One through a whole history voids what was read before, which it marks as its own. */
function begin(walk: WalkRow, headOid: string, isWhole: boolean): WalkRow {
  return {
    ...walk,
    ...(isWhole && { baseOid: null, baseCount: 0, baseFrom: 0, baseTo: 0 }),
    number: walk.number + 1,
    headOid,
    isWhole,
    cursor: null,
    newCount: 0,
    metBase: false,
    pageSize: LARGEST_PAGE,
    pagesWithoutChurn: 0,
  };
}

/** New commits that the walk has to meet. */
function expectedCount(walk: WalkRow, commitCount: number): number {
  return walk.isWhole ? commitCount : commitCount - walk.baseCount;
}

/** Stored with the page, so that no crash comes between the last page and the end. */
function afterPage(walk: WalkRow, page: HistoryPage): WalkRow {
  if (isComplete(walk, page)) {
    return {
      ...walk,
      baseOid: walk.headOid,
      baseCount: page.commitCount,
      baseFrom: walk.isWhole ? walk.number : walk.baseFrom,
      baseTo: walk.number,
      headOid: null,
      cursor: null,
    };
  }
  // It came to its end without all that it should have met: it is not to be gone on with.
  return page.nextCursor === null ? { ...walk, headOid: null } : walk;
}

function isComplete(walk: WalkRow, page: HistoryPage): boolean {
  if (walk.newCount !== expectedCount(walk, page.commitCount)) return false;
  return walk.isWhole ? page.nextCursor === null : walk.metBase;
}

function toRow(commit: ListedCommit): CommitRow {
  return {
    oid: commit.oid,
    committedAt: commit.committedAt,
    authoredAt: commit.authoredAt,
    author: authorKey(commit.author),
    isMerge: commit.isMerge,
    additions: commit.additions,
    deletions: commit.deletions,
  };
}
