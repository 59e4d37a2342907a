import { randomUUID } from 'node:crypto';
import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  Inject,
  Injectable,
  Logger,
  Optional,
  type BeforeApplicationShutdown,
  type OnApplicationShutdown,
} from '@nestjs/common';
import { UnavailableError } from '../../../../common/errors/domain.error.js';
import { IngestEpoch, type LiveEpoch, type UnwrittenSegment } from './ingest-epoch.js';
import { IngestEpochsRepository } from './ingest-epochs.repository.js';
import { ProductDataErasure } from './product-data-erasure.js';
import { ProductSegmentsRepository, type SegmentRow } from './product-segments.repository.js';
import { encodeSegment } from './segment-columns.js';
import { SegmentRebuildService } from './segment-rebuild.service.js';

/** Milliseconds. */
export interface EpochTimes {
  /** Age at which an epoch makes room for the next. */
  rotate: number;
  /** After a write of unknown outcome: the database may still be carrying it out. Longer than its time limit. */
  settle: number;
  /** From a sign of life of the database to reading what an uncertain write has done. */
  afterPing: number;
  /** From a failed sealing to the next try. */
  retry: number;
}

export const EPOCH_TIMES = Symbol('EPOCH_TIMES');
const DEFAULT_TIMES: EpochTimes = { rotate: 1000, settle: 5000, afterPing: 1000, retry: 1000 };

/** An event is written this long after its receipt at the latest, or an epoch is opened for it. */
const RECEIPT_MARGIN_MS = 3000;
/** Used so recently, an epoch gets a successor before it is retired, so that no write waits for one. */
const ACTIVE_MS = 300;
const ENTER_ATTEMPTS = 5;
/** What may wait for a database that takes events but no segments. */
const MAX_UNSEALED_EVENTS = 500_000;
const MAX_UNSEALED_EPOCHS = 60;

/**
 * Divides what this process inserts into epochs: registers each before the first event of it is sent, and seals it
 * when its segments are written. What a crash leaves open is sealed by the recovery, from raw events.
 */
@Injectable()
export class IngestEpochsService implements BeforeApplicationShutdown, OnApplicationShutdown {
  /** Stands for this process in the database. */
  readonly holder: string = randomUUID();
  private readonly logger = new Logger(IngestEpochsService.name);
  private readonly times: EpochTimes;
  private readonly stopping = new AbortController();
  private current: IngestEpoch | undefined;
  private opening: Promise<void> | undefined;
  private isBehind = false;
  private readonly sealing = new Map<IngestEpoch, Promise<void>>();

  constructor(
    private readonly epochs: IngestEpochsRepository,
    private readonly segments: ProductSegmentsRepository,
    private readonly rebuilding: SegmentRebuildService,
    private readonly dependents: ProductDataErasure,
    @Optional() @Inject(EPOCH_TIMES) times?: EpochTimes,
  ) {
    this.times = times ?? DEFAULT_TIMES;
    // Each epoch that waits listens to it.
    setMaxListeners(0, this.stopping.signal);
  }

  /**
   * The epoch for events received between then (epoch milliseconds). Whoever enters must leave it.
   * @throws UnavailableError when too much waits to be sealed.
   */
  async enter(first: number, last: number): Promise<IngestEpoch> {
    for (let attempt = 0; attempt < ENTER_ATTEMPTS; attempt++) {
      const { current } = this;
      const now = performance.now();
      if (current?.accepts(first, last, now)) {
        current.enter(now);
        if (current.isFull) this.openInBackground();
        return current;
      }
      this.assertRoom();
      await this.open(first);
    }
    throw new UnavailableError('No place was found for the events; try again', 1, 'EPOCH_TOO_OLD');
  }

  /** What is held of the project and not sealed, at this moment. */
  live(projectKey: string): LiveEpoch[] {
    const held = this.current === undefined ? [...this.sealing.keys()] : [...this.sealing.keys(), this.current];
    return held.flatMap((epoch) => epoch.find(projectKey) ?? []);
  }

  /** Seals all that this process has written until now. Resolves when it can be read as segments. */
  async seal(): Promise<void> {
    await this.opening?.catch(() => undefined);
    if (this.current !== undefined) this.retire(this.current);
    await Promise.all(this.sealing.values());
  }

  // Requests are still served after this, until the listener is closed.
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(new Error('The server is stopping'));
    await this.seal();
  }

  /** The connection to the database is closed after this. */
  async onApplicationShutdown(): Promise<void> {
    await this.seal();
  }

  /** All who come while one is being opened share it; for whom it is too young, the next. */
  private open(receivedAt: number): Promise<void> {
    this.opening ??= this.openNext(Math.min(receivedAt, Date.now()) - RECEIPT_MARGIN_MS).finally(
      () => (this.opening = undefined),
    );
    return this.opening;
  }

  private async openNext(receivedFrom: number): Promise<void> {
    const next = new IngestEpoch(receivedFrom, performance.now());
    try {
      await this.epochs.open(next.id, this.holder, new Date(receivedFrom));
    } catch (error) {
      // It may have been registered all the same.
      this.startSealing(next);
      throw error;
    }
    const previous = this.current;
    this.current = next;
    if (previous !== undefined) this.startSealing(previous);
    setTimeout(() => this.rotate(next), this.times.rotate).unref();
  }

  private openInBackground(): void {
    if (this.opening !== undefined) return;
    this.open(Date.now()).catch((error: unknown) =>
      this.logger.warn(`The next epoch could not be opened yet: ${String(error)}`),
    );
  }

  private rotate(epoch: IngestEpoch): void {
    if (this.current !== epoch) return;
    if (!epoch.wasUsedSince(performance.now() - ACTIVE_MS)) return this.retire(epoch);
    this.openInBackground();
    // Until the next one is there, or this one has become idle.
    setTimeout(() => this.rotate(epoch), this.times.rotate).unref();
  }

  private retire(epoch: IngestEpoch): void {
    this.current = undefined;
    this.startSealing(epoch);
  }

  private startSealing(epoch: IngestEpoch): void {
    this.sealing.set(epoch, this.sealWithRetries(epoch));
  }

  /** Never rejects. When the server stops, it gives up what cannot be sealed at once: the recovery will. */
  private async sealWithRetries(epoch: IngestEpoch): Promise<void> {
    await epoch.whenIdle();
    for (;;) {
      try {
        await this.sealNow(epoch);
        this.sealing.delete(epoch);
        this.isBehind = false;
        return;
      } catch (error) {
        if (!this.isBehind) this.logger.warn(`Sealing an epoch waits for the database: ${String(error)}`);
        this.isBehind = true;
        if (this.stopping.signal.aborted) return;
      }
      await sleep(this.times.retry, undefined, { ref: false, signal: this.stopping.signal }).catch(() => undefined);
    }
  }

  private async sealNow(epoch: IngestEpoch): Promise<void> {
    const unwritten = epoch.listUnwritten();
    await this.writeCertain(epoch, unwritten);
    await this.rebuildUncertain(epoch, unwritten);
    if (epoch.writtenSegments === 0) await this.epochs.deleteOpen(epoch.id, this.holder);
    else if (!(await this.epochs.seal(epoch.id, this.holder))) await this.repairLost(epoch);
  }

  private async writeCertain(epoch: IngestEpoch, unwritten: readonly UnwrittenSegment[]): Promise<void> {
    const rows = unwritten
      .filter(({ uncertainSince }) => uncertainSince === null)
      .map(({ projectKey, builder }): SegmentRow => {
        const columns = builder.snapshot();
        return { projectKey, epoch: epoch.id, events: columns.length, data: encodeSegment(columns) };
      });
    await this.segments.write(rows);
    for (const { projectKey } of rows) epoch.markWritten(projectKey, true);
  }

  /**
   * Not before the database has had time to finish, or to forget, the writes whose outcome is not known. It waits once
   * for all projects: a second for each would outlast the minute after which others take this process for dead.
   */
  private async rebuildUncertain(epoch: IngestEpoch, unwritten: readonly UnwrittenSegment[]): Promise<void> {
    const uncertain = unwritten.filter(({ uncertainSince }) => uncertainSince !== null);
    if (uncertain.length === 0) return;
    const { signal } = this.stopping;
    const latest = Math.max(...uncertain.map(({ uncertainSince }) => uncertainSince ?? -Infinity));
    const left = latest + this.times.settle - performance.now();
    if (left > 0) await sleep(left, undefined, { ref: false, signal });
    await this.epochs.ping();
    await sleep(this.times.afterPing, undefined, { ref: false, signal });
    const projectKeys = uncertain.map(({ projectKey }) => projectKey);
    const written = new Set(await this.rebuilding.rebuild(epoch.id, new Date(epoch.receivedFrom), projectKeys, signal));
    for (const projectKey of projectKeys) epoch.markWritten(projectKey, written.has(projectKey));
  }

  /**
   * Another process took this one for dead, as after a pause of a minute, and may have made its segments before the
   * last events came in.
   */
  private async repairLost(epoch: IngestEpoch): Promise<void> {
    this.logger.warn('Another server has sealed an epoch of this one, which was taken for dead');
    const projectKeys = epoch.listProjects();
    for (const projectKey of projectKeys) await this.dependents.repair(projectKey);
    // Merged and deleted by now: what this process has written since would be read by nobody, and stay.
    if ((await this.epochs.list([epoch.id])).length > 0) return;
    for (const projectKey of projectKeys) await this.segments.delete(projectKey, [epoch.id]);
  }

  private assertRoom(): void {
    let events = 0;
    for (const epoch of this.sealing.keys()) events += epoch.length;
    if (events < MAX_UNSEALED_EVENTS && this.sealing.size < MAX_UNSEALED_EPOCHS) return;
    throw new UnavailableError('The store is behind; try again in a moment', 2, 'OVERLOADED');
  }
}
