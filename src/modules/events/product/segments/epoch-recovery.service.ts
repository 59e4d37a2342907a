import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { MONGO_CONFIG, type MongoConfig } from '../../../../config/app.config.js';
import { IngestEpochsRepository, type EpochRow } from './ingest-epochs.repository.js';
import { IngestEpochsService } from './ingest-epochs.service.js';
import { SegmentRebuildService } from './segment-rebuild.service.js';

/** No process writes into an epoch of this age any more, nor waits for a write. */
const DEAD_AFTER_MS = 60_000;

/** Seals what processes that are gone have left open, from raw events. */
@Injectable()
export class EpochRecoveryService {
  /** An embedded engine serves one server at a time: what another has opened is dead. */
  private readonly deadAfterMs: number;

  constructor(
    private readonly ingest: IngestEpochsService,
    private readonly epochs: IngestEpochsRepository,
    private readonly rebuilding: SegmentRebuildService,
    @Inject(MONGO_CONFIG) config: MongoConfig,
  ) {
    this.deadAfterMs = config.embedded ? 0 : DEAD_AFTER_MS;
  }

  /** True when there is something to recover. */
  async isNeeded(): Promise<boolean> {
    return (await this.listDead()).length > 0;
  }

  /** Returns the number of epochs that were sealed. */
  async recover(signal: AbortSignal): Promise<number> {
    const dead = await this.listDead();
    if (dead.length === 0) return 0;
    const projectKeys = await this.epochs.listProjectsWithEvents();
    let sealed = 0;
    for (const epoch of dead) {
      signal.throwIfAborted();
      if (await this.recoverOne(epoch, projectKeys, signal)) sealed++;
    }
    return sealed;
  }

  /** False when another recovery was faster. */
  private async recoverOne(epoch: EpochRow, projectKeys: readonly string[], signal: AbortSignal): Promise<boolean> {
    // Whoever opened it notices by the name of the holder, should it be alive after all.
    const holder = `recovery ${randomUUID()}`;
    if (!(await this.epochs.takeOver(epoch, holder))) return false;
    const written = await this.rebuilding.rebuild(epoch.id, epoch.receivedFrom, projectKeys, signal);
    return written.length > 0 ? this.epochs.seal(epoch.id, holder) : this.epochs.deleteOpen(epoch.id, holder);
  }

  private listDead(): Promise<EpochRow[]> {
    return this.epochs.listAbandoned(this.ingest.holder, this.deadAfterMs);
  }
}
