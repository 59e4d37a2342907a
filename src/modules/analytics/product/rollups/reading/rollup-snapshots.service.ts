import { setImmediate as nextTurn } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import type { TimeRange } from '../../../../../common/time/range.js';
import {
  ProductSegmentsService,
  TooManySegmentsError,
  type PendingSegment,
} from '../../../../events/product/segments/product-segments.service.js';
import type { DayHead, HeadRow } from '../format/day-head.js';
import { dayOf, NO_TIME_DAY } from '../../day.js';
import { ProjectHeads } from './project-heads.js';
import { RollupCache } from './rollup-cache.js';
import { planOverlay, RollupOverlay } from './rollup-overlay.js';
import { RollupReaderRepository, type RollupMeta } from '../store/rollup-reader.repository.js';
import { StaleRollupsError } from './stale-rollups.error.js';

const ATTEMPTS = 5;
/** That wait to be merged: with more, reading them for a report would take more memory and time than raw events do. */
const MAX_PENDING_EVENTS = 1_000_000;

/** A project's rollups at one moment, with the events that are not merged into them yet. */
export interface RollupSnapshot {
  projectKey: string;
  generation: string;
  /** What is read further of the project must not be older than this revision. */
  rev: number;
  /** By day. */
  days: readonly DayHead[];
  /** By the numbers that days give names; may have more. */
  names: readonly string[];
  idOfName(name: string): number;
  overlay: RollupOverlay;
}

/** Reads what a report needs at first: the figures of all days, and what was accepted but is not merged. */
@Injectable()
export class RollupSnapshotsService {
  constructor(
    private readonly segments: ProductSegmentsService,
    private readonly reader: RollupReaderRepository,
    private readonly cache: RollupCache,
  ) {}

  /**
   * Everything that was acknowledged before the call is in the snapshot. `null`: only raw events can tell.
   * @param range what will be asked for.
   */
  async open(projectKey: string, range: TimeRange): Promise<RollupSnapshot | null> {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        return await this.read(projectKey, range);
      } catch (error) {
        if (error instanceof TooManySegmentsError) return null;
        if (!(error instanceof StaleRollupsError)) throw error;
      }
    }
    return null;
  }

  // The order matters. An epoch leaves the memory of its process when its segment can be read, and a segment is deleted
  // when the revision that has its events is visible: whoever looks in this order meets every event at least once. The
  // days know which epochs they have, so none counts twice.
  private async read(projectKey: string, range: TimeRange): Promise<RollupSnapshot | null> {
    if (!(await this.mayServe(projectKey, range))) return null;
    const live = this.segments.live(projectKey);
    const epochs = await this.segments.listEpochs();
    const plan = planOverlay(live, epochs, await this.segments.listSegments(projectKey, MAX_PENDING_EVENTS));
    const meta = await this.reader.findMeta(projectKey);
    if (meta === null || !canServe(meta, range)) return null;
    const heads = await this.cache.turns.take(projectKey, () => this.syncHeads(projectKey, meta));
    // At one moment: others go on updating these.
    const { days, rev } = heads;
    const read = await Promise.all(
      plan.toRead.map(async ({ epoch, receivedFrom }) => ({
        epoch,
        columns: await this.segments.readEpoch(projectKey, epoch, receivedFrom),
      })),
    );
    const segments = [...plan.segments, ...read].filter(({ columns }) => columns.length > 0);
    await this.checkStillApart(projectKey, segments);
    return {
      projectKey,
      generation: heads.generation,
      rev,
      days,
      names: heads.names,
      idOfName: (name) => heads.idOf(name),
      overlay: new RollupOverlay(segments, days),
    };
  }

  /** Spares a project that is not built, or not for long, the reading of all that waits. Says nothing for certain. */
  private async mayServe(projectKey: string, range: TimeRange): Promise<boolean> {
    if (this.cache.project(projectKey)?.heads !== undefined) return true;
    const meta = await this.reader.findMeta(projectKey);
    return meta !== null && canServe(meta, range);
  }

  /** The heads as of the revision or a later one. */
  private async syncHeads(projectKey: string, meta: RollupMeta): Promise<ProjectHeads> {
    const known = this.cache.project(projectKey)?.heads;
    const cached = known?.generation === meta.generation ? known : undefined;
    if (cached !== undefined && cached.rev >= meta.rev) return cached;
    if (cached === undefined) return this.loadHeads(projectKey, meta);
    const changed: HeadRow[] = [];
    // Sets of actors are read along only with the few days that have changed.
    for await (const rows of this.reader.streamHeads(projectKey, cached.rev, true)) {
      checkGeneration(rows, meta);
      for (const row of rows) {
        this.cache.keepSet(actorSetKey(projectKey, row), row.actors!);
        changed.push({ ...row, actors: undefined });
      }
    }
    // At once, since reports have these already.
    cached.apply(changed, meta.rev);
    this.cache.setProject(projectKey, { ...this.cache.project(projectKey), heads: cached });
    return cached;
  }

  private async loadHeads(projectKey: string, meta: RollupMeta): Promise<ProjectHeads> {
    const heads = new ProjectHeads(meta.generation, meta.rev, []);
    for await (const rows of this.reader.streamHeads(projectKey, -1, false)) {
      checkGeneration(rows, meta);
      heads.apply(rows, meta.rev);
      await nextTurn();
    }
    // A full rebuild may have begun after `meta` was read, and have deleted days.
    const now = await this.reader.findMeta(projectKey);
    if (now?.generation !== meta.generation) throw new StaleRollupsError();
    // Without the actors: these days may have some that were appended after the table was read.
    this.cache.setProject(projectKey, { heads });
    return heads;
  }

  /**
   * A day that was built anew does not list the epochs that it has, since they are gone: one of ours that went while the
   * days were read may be in them or not.
   */
  private async checkStillApart(projectKey: string, segments: readonly PendingSegment[]): Promise<void> {
    if (segments.length === 0) return;
    const epochs = segments.map(({ epoch }) => epoch);
    const existing = await this.segments.listExisting(epochs, projectKey);
    if (epochs.some((epoch) => !existing.has(epoch))) throw new StaleRollupsError();
  }
}

/** Under which the set of all actors of a day is kept in memory. */
export function actorSetKey(
  projectKey: string,
  { day, version, generation }: Pick<DayHead, 'day' | 'version' | 'generation'>,
): string {
  return `${projectKey} ${day} ${version} ${generation}`;
}

/** Days of another build may have other numbers of actors. */
function checkGeneration(rows: readonly HeadRow[], { generation }: RollupMeta): void {
  if (rows.some((row) => row.generation !== generation)) throw new StaleRollupsError();
}

function canServe({ state, dirty, dirtyAll }: RollupMeta, { from, toExclusive }: TimeRange): boolean {
  if (state !== 'ready' || dirtyAll) return false;
  if (from === null && toExclusive === null) return dirty.length === 0;
  const first = from === null ? -Infinity : dayOf(from);
  const last = toExclusive === null ? Infinity : dayOf(toExclusive - 1);
  return !dirty.some((day) => day !== NO_TIME_DAY && day >= first && day <= last);
}
