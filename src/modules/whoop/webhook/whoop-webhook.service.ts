import { createHash } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { UnauthenticatedError } from '../../../common/errors/domain.error.js';
import { Clock } from '../../../common/time/clock.js';
import { WHOOP_CONFIG, type WhoopConfig } from '../../../config/app.config.js';
import { JobQueue, RunAgain, type JobOutcome, type JobRun } from '../../../infra/jobs/job-queue.js';
import { WhoopClient, type CallOptions } from '../api/whoop.client.js';
import { WhoopLinksService } from '../grant/whoop-links.service.js';
import { mapRecord } from '../records/record-mapping.js';
import { WhoopRecordStoreRepository } from '../records/whoop-record-store.repository.js';
import { WhoopRecordsRepository } from '../records/whoop-records.repository.js';
import type { RecordKind } from '../records/whoop-rows.js';
import { WhoopNotFoundError, WhoopRateLimitError } from '../whoop.errors.js';
import { readDelivery, type WhoopDelivery } from './whoop-delivery.js';
import { isSignedByWhoop } from './whoop-signature.js';

export const WEBHOOK_JOB = 'whoop-webhook';
const REFUSED = 'The signature is not one of WHOOP';

export interface SignedDelivery {
  body: unknown;
  signature: string | undefined;
  timestamp: string | undefined;
}

export interface DeliveryPayload extends Record<string, unknown> {
  userId: string;
  recordId: string;
  event: NonNullable<WhoopDelivery['event']>;
}

/**
 * Takes WHOOP's deliveries: checks the signature, queues the work under the delivery's id, so that one which comes again is
 * done once, and carries it out later. What is lost on the way the daily sync makes up for.
 */
@Injectable()
export class WhoopWebhookService {
  private readonly logger = new Logger(WhoopWebhookService.name);

  constructor(
    private readonly jobs: JobQueue,
    private readonly client: WhoopClient,
    private readonly links: WhoopLinksService,
    private readonly records: WhoopRecordsRepository,
    private readonly store: WhoopRecordStoreRepository,
    private readonly clock: Clock,
    @Inject(WHOOP_CONFIG) private readonly config: WhoopConfig,
  ) {}

  /** Durable when it resolves. @throws UnauthenticatedError, InvalidInputError, UnavailableError (WHOOP then sends it again) */
  async receive({ body, signature, timestamp }: SignedDelivery): Promise<void> {
    const { clientSecret } = this.config;
    const bytes = Buffer.isBuffer(body) ? body : Buffer.alloc(0);
    const isSigned =
      clientSecret !== undefined &&
      isSignedByWhoop({ body: bytes, signature, timestamp }, clientSecret, this.clock.now());
    if (!isSigned) throw new UnauthenticatedError(REFUSED, 'WHOOP_SIGNATURE_INVALID');
    const { userId, recordId, traceId, event } = readDelivery(bytes);
    // Another member of the same app, or news of a later version: nothing to do, and nothing to send again.
    if (event === null || userId !== (await this.links.state()).memberId) return;
    await this.enqueue(hashOf(traceId), { userId, recordId, event });
  }

  async run(job: JobRun<DeliveryPayload>): Promise<JobOutcome> {
    const { userId, event } = job.payload;
    const { memberId, isLinked } = await this.links.state();
    if (userId !== memberId) return undefined;
    try {
      if (event.change === 'deleted') await this.remove(memberId, job.payload);
      else if (isLinked) await this.fetch(memberId, job.payload, { priority: 'interactive', signal: job.signal });
    } catch (error) {
      if (error instanceof WhoopRateLimitError) return new RunAgain(error.retryAt);
      throw error;
    }
    return undefined;
  }

  private async enqueue(id: string, payload: DeliveryPayload): Promise<void> {
    const options = { userId: null, withoutRedis: 'accept' as const };
    const { created, job } = await this.jobs.enqueue(WEBHOOK_JOB, id, payload, options);
    if (created || (job.state !== 'failed' && job.state !== 'cancelled')) return;
    // Known, but it came to nothing: this is WHOOP's next try.
    await this.jobs.delete(WEBHOOK_JOB, id);
    await this.jobs.enqueue(WEBHOOK_JOB, id, payload, options);
  }

  private async fetch(memberId: string, payload: DeliveryPayload, options: CallOptions): Promise<void> {
    const { event, recordId } = payload;
    if (event.record === 'recovery') return this.fetchRecovery(memberId, recordId, options);
    const kind = event.record === 'sleep' ? 'sleep' : 'workouts';
    try {
      await this.save(memberId, kind, await this.client.record(kind, recordId, options));
    } catch (error) {
      if (!(error instanceof WhoopNotFoundError)) throw error;
      // It was deleted since the delivery was sent.
      await this.store.delete(memberId, kind, recordId);
    }
  }

  /** There is no address for a recovery: its sleep tells the cycle. The sleep is stored on the way. */
  private async fetchRecovery(memberId: string, sleepId: string, options: CallOptions): Promise<void> {
    try {
      const sleep = await this.save(memberId, 'sleep', await this.client.record('sleep', sleepId, options));
      await this.save(memberId, 'recovery', await this.client.recoveryOfCycle(sleep.cycleId, options));
    } catch (error) {
      if (!(error instanceof WhoopNotFoundError)) throw error;
      this.logger.debug('WHOOP has no such recovery, or not yet');
    }
  }

  private async remove(memberId: string, { event, recordId }: DeliveryPayload): Promise<void> {
    if (event.record === 'recovery') {
      const recovery = await this.records.findRecoveryOfSleep(memberId, recordId);
      const sleep = recovery === null ? await this.records.findById(memberId, 'sleep', recordId) : null;
      const cycleId = recovery?.cycleId ?? sleep?.cycleId;
      if (cycleId !== undefined) await this.store.delete(memberId, 'recovery', cycleId);
    } else await this.store.delete(memberId, event.record === 'sleep' ? 'sleep' : 'workouts', recordId);
  }

  private async save<K extends RecordKind>(memberId: string, kind: K, json: unknown) {
    const row = mapRecord(kind, json);
    await this.store.savePage(memberId, kind, [row], {
      seenIn: null,
      now: this.clock.now(),
      onlyWhileLinked: true,
    });
    return row;
  }
}

function hashOf(traceId: string): string {
  return createHash('sha256').update(traceId).digest('hex');
}
