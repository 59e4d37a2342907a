import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { LiveEpoch } from './ingest-epoch.js';
import { IngestEpochsRepository, type EpochState } from './ingest-epochs.repository.js';
import { IngestEpochsService } from './ingest-epochs.service.js';
import { ProductSegmentsRepository } from './product-segments.repository.js';
import { decodeSegment, type SegmentColumns } from './segment-columns.js';
import { SegmentRebuildService } from './segment-rebuild.service.js';

export type { LiveEpoch } from './ingest-epoch.js';

const CACHE_BYTES = 32 * 1024 * 1024;

/** A short stretch of one process's ingest. */
export interface EpochInfo {
  /** Hex. */
  id: string;
  /** No event of the epoch was received before. */
  receivedFrom: Date;
  state: EpochState;
  openedAt: Date;
  /** Of this process. */
  own: boolean;
}

/** What one epoch inserted for a project, written when the epoch was sealed and not merged yet. */
export interface PendingSegment {
  /** Hex. */
  epoch: string;
  columns: SegmentColumns;
}

/** Segments of a project that wait to be merged. */
export interface SegmentBacklog {
  projectKey: string;
  segments: number;
  events: number;
  /** When the oldest of their epochs was opened. */
  oldest: Date;
}

/**
 * Events as columns, epoch by epoch, for whoever merges them into rollups or reads what is not merged yet. An epoch
 * becomes visible as a whole when it is sealed: before, its events are in the memory of its process and in the database.
 */
@Injectable()
export class ProductSegmentsService {
  private readonly decoded = new LRUCache<string, SegmentColumns>({ maxSize: CACHE_BYTES });

  constructor(
    private readonly ingest: IngestEpochsService,
    private readonly epochs: IngestEpochsRepository,
    private readonly segments: ProductSegmentsRepository,
    private readonly rebuilding: SegmentRebuildService,
  ) {}

  /**
   * What this process holds of the project in memory: its open epoch and those that are being sealed. Everything that
   * was acknowledged is in it until it can be read as a segment. The columns never change.
   */
  live(projectKey: string): LiveEpoch[] {
    return this.ingest.live(projectKey);
  }

  /** All epochs that are open or not merged, the oldest first. */
  async listEpochs(): Promise<EpochInfo[]> {
    const rows = await this.epochs.list();
    return rows.map(({ id, receivedFrom, state, openedAt, holder }) => ({
      id,
      receivedFrom,
      state,
      openedAt,
      own: holder === this.ingest.holder,
    }));
  }

  /** Segments of the project whose epoch is sealed, unless they are merged. The columns never change. */
  async listSegments(projectKey: string): Promise<PendingSegment[]> {
    const sealed = await this.listSealed();
    const entries = (await this.segments.list(projectKey)).filter(({ epoch }) => sealed.has(epoch));
    const unknown = entries.map(({ epoch }) => epoch).filter((epoch) => !this.decoded.has(cacheKey(projectKey, epoch)));
    const found = new Map<string, SegmentColumns>();
    for (const { epoch, data } of await this.segments.read(projectKey, unknown)) {
      const columns = decodeSegment(data);
      found.set(epoch, columns);
      this.decoded.set(cacheKey(projectKey, epoch), columns, { size: data.byteLength });
    }
    return entries.flatMap(({ epoch }) => {
      const columns = found.get(epoch) ?? this.decoded.get(cacheKey(projectKey, epoch));
      // Merged and deleted since it was listed.
      return columns === undefined ? [] : { epoch, columns };
    });
  }

  /** Projects that have segments of sealed epochs. */
  async listBacklog(): Promise<SegmentBacklog[]> {
    const sealed = await this.listSealed();
    const backlog = new Map<string, SegmentBacklog>();
    for (const { projectKey, epoch, events } of await this.segments.list()) {
      const openedAt = sealed.get(epoch);
      if (openedAt === undefined) continue;
      const known = backlog.get(projectKey);
      if (known === undefined) backlog.set(projectKey, { projectKey, segments: 1, events, oldest: openedAt });
      else {
        known.segments++;
        known.events += events;
        if (openedAt < known.oldest) known.oldest = openedAt;
      }
    }
    return [...backlog.values()];
  }

  /** To be called when these are merged. Epochs of which nothing is left are deleted too. */
  async deleteSegments(projectKey: string, epochs: readonly string[]): Promise<void> {
    await this.segments.delete(projectKey, epochs);
    for (const epoch of epochs) this.decoded.delete(cacheKey(projectKey, epoch));
    const inUse = new Set(await this.segments.listEpochsInUse(epochs));
    await this.epochs.deleteSealed(epochs.filter((epoch) => !inUse.has(epoch)));
  }

  /** Seals the epoch of this process. Resolves when everything acknowledged before the call can be read as segments. */
  async seal(): Promise<void> {
    await this.ingest.seal();
  }

  /** The raw events of one epoch of one project. */
  async readEpoch(projectKey: string, epoch: string, receivedFrom: Date): Promise<SegmentColumns> {
    return this.rebuilding.read(projectKey, epoch, receivedFrom);
  }

  /**
   * Those of the epochs that are open, or sealed with a segment that is not merged: of that project, or of any when none
   * is named. What a rebuild has read of such an epoch will be merged later.
   */
  async listExisting(epochs: readonly string[], projectKey?: string): Promise<Set<string>> {
    const rows = await this.epochs.list(epochs);
    if (projectKey === undefined) return new Set(rows.map(({ id }) => id));
    const open = rows.filter(({ state }) => state === 'open').map(({ id }) => id);
    const sealed = rows.filter(({ state }) => state === 'sealed').map(({ id }) => id);
    const unmerged = await this.segments.listOfEpochs(projectKey, sealed);
    return new Set([...open, ...unmerged.map(({ epoch }) => epoch)]);
  }

  /** Part of the erasure of a project: what is not merged. */
  async erase(projectKey: string): Promise<void> {
    const entries = await this.segments.list(projectKey);
    await this.deleteSegments(
      projectKey,
      entries.map(({ epoch }) => epoch),
    );
  }

  /** When each was opened. Read before their segments, which are complete when an epoch is sealed. */
  private async listSealed(): Promise<Map<string, Date>> {
    const rows = await this.epochs.list();
    return new Map(rows.filter(({ state }) => state === 'sealed').map(({ id, openedAt }) => [id, openedAt]));
  }
}

function cacheKey(projectKey: string, epoch: string): string {
  return `${epoch}${projectKey}`;
}
