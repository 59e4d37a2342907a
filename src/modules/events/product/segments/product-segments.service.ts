import { setImmediate as yieldToEventLoop } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';
import type { LiveEpoch } from './ingest-epoch.js';
import { IngestEpochsRepository, type EpochState } from './ingest-epochs.repository.js';
import { IngestEpochsService } from './ingest-epochs.service.js';
import { ProductSegmentsRepository, type SegmentEntry } from './product-segments.repository.js';
import { decodeSegment, type SegmentColumns } from './segment-columns.js';
import { SegmentRebuildService } from './segment-rebuild.service.js';

export type { LiveEpoch } from './ingest-epoch.js';

const CACHE_BYTES = 32 * 1024 * 1024;
/** Read at once: about a megabyte, and decoded within some milliseconds. */
const EVENTS_PER_READ = 40_000;
const SEGMENTS_PER_READ = 200;
/** What reading a segment costs beside its events, in events. */
const SEGMENT_COST = 200;
/** Segments whose epochs are looked for at once. */
const SEGMENTS_PER_DELETION = 500;

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

/** A segment that waits to be merged, without its events. */
export interface PendingEntry {
  /** Hex. */
  epoch: string;
  /** How many there are. */
  events: number;
}

export interface OldestSegments {
  /** The oldest first. */
  entries: PendingEntry[];
  /** There are younger ones. */
  hasMore: boolean;
}

/** More segments of a project wait to be merged than whoever asks for them can take. */
export class TooManySegmentsError extends Error {
  constructor() {
    super('Too much of the project waits to be merged');
    this.name = TooManySegmentsError.name;
  }
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

  /**
   * Segments of the project whose epoch is sealed, unless they are merged. The columns never change.
   * @param maxEvents in all; many small segments count for more events than they have.
   * @throws TooManySegmentsError before any of them is read.
   */
  async listSegments(projectKey: string, maxEvents = Infinity): Promise<PendingSegment[]> {
    const entries: PendingEntry[] = [];
    let cost = 0;
    for await (const some of this.streamSealed(projectKey)) {
      for (const entry of some) {
        entries.push(entry);
        cost += Math.max(SEGMENT_COST, entry.events);
      }
      if (cost > maxEvents) throw new TooManySegmentsError();
    }
    return this.readSegments(projectKey, entries);
  }

  /** What `listSegments` would give, without the events, and only the oldest. @param limit at most about so many. */
  async listOldest(projectKey: string, limit: number): Promise<OldestSegments> {
    const entries: PendingEntry[] = [];
    for await (const some of this.streamSealed(projectKey)) {
      entries.push(...some);
      if (entries.length > limit) return { entries: entries.slice(0, limit), hasMore: true };
    }
    return { entries, hasMore: false };
  }

  /** The events of these, unless they are merged since they were listed. The columns never change. */
  async readSegments(projectKey: string, entries: readonly PendingEntry[]): Promise<PendingSegment[]> {
    const found = new Map<string, SegmentColumns>();
    const unknown: PendingEntry[] = [];
    for (const entry of entries) {
      const columns = this.decoded.get(cacheKey(projectKey, entry.epoch));
      if (columns === undefined) unknown.push(entry);
      else found.set(entry.epoch, columns);
    }
    for (const epochs of inReads(unknown)) {
      for (const { epoch, data } of await this.segments.read(projectKey, epochs)) {
        const columns = decodeSegment(data);
        found.set(epoch, columns);
        this.decoded.set(cacheKey(projectKey, epoch), columns, { size: data.byteLength });
      }
      await yieldToEventLoop();
    }
    return entries.flatMap(({ epoch }) => {
      const columns = found.get(epoch);
      // Merged and deleted since it was listed.
      return columns === undefined ? [] : { epoch, columns };
    });
  }

  /** Projects that have segments of sealed epochs. */
  async listBacklog(): Promise<SegmentBacklog[]> {
    const sealed = await this.listSealed();
    const backlog = new Map<string, SegmentBacklog>();
    for await (const entries of this.segments.stream()) {
      for (const { projectKey, epoch, events } of entries) {
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
    }
    return [...backlog.values()];
  }

  /** To be called when these are merged. Epochs of which nothing is left are deleted too. */
  async deleteSegments(projectKey: string, epochs: readonly string[]): Promise<void> {
    for (let start = 0; start < epochs.length; start += SEGMENTS_PER_DELETION) {
      const some = epochs.slice(start, start + SEGMENTS_PER_DELETION);
      await this.segments.delete(projectKey, some);
      for (const epoch of some) this.decoded.delete(cacheKey(projectKey, epoch));
      const inUse = new Set(await this.segments.listEpochsInUse(some));
      await this.epochs.deleteSealed(some.filter((epoch) => !inUse.has(epoch)));
    }
  }

  /** Deletes segments that nobody is going to merge. Those of epochs that are open stay. */
  async dropSegments(projectKey: string): Promise<void> {
    for await (const entries of this.streamSealed(projectKey)) {
      await this.deleteSegments(
        projectKey,
        entries.map(({ epoch }) => epoch),
      );
    }
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
    for await (const entries of this.segments.stream(projectKey)) {
      await this.deleteSegments(
        projectKey,
        entries.map(({ epoch }) => epoch),
      );
    }
  }

  /** Of the epochs that were sealed when it began, the oldest first. */
  private async *streamSealed(projectKey: string): AsyncGenerator<SegmentEntry[]> {
    const sealed = await this.listSealed();
    for await (const entries of this.segments.stream(projectKey)) {
      yield entries.filter(({ epoch }) => sealed.has(epoch));
    }
  }

  /** When each was opened. Read before their segments, which are complete when an epoch is sealed. */
  private async listSealed(): Promise<Map<string, Date>> {
    const rows = await this.epochs.list();
    return new Map(rows.filter(({ state }) => state === 'sealed').map(({ id, openedAt }) => [id, openedAt]));
  }
}

/** The epochs of as many of them as are to be read at once. */
function* inReads(entries: readonly PendingEntry[]): Generator<string[]> {
  let epochs: string[] = [];
  let total = 0;
  for (const { epoch, events } of entries) {
    if (epochs.length > 0 && (epochs.length === SEGMENTS_PER_READ || total + events > EVENTS_PER_READ)) {
      yield epochs;
      epochs = [];
      total = 0;
    }
    epochs.push(epoch);
    total += events;
  }
  if (epochs.length > 0) yield epochs;
}

function cacheKey(projectKey: string, epoch: string): string {
  return `${epoch}${projectKey}`;
}
