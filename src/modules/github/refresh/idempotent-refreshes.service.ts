import { createHash, randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { assertIdempotencyKey, IDEMPOTENCY_KEY_KEPT_MS } from '../../../common/http/idempotency-key.js';
import { AccountErasure } from '../../../common/lifecycle/account-erasure.js';
import { AccountExport } from '../../../common/lifecycle/account-export.js';
import { Clock } from '../../../common/time/clock.js';
import type { RefreshStatus } from '../store/github-refresh.entity.js';
import { RefreshKeysRepository } from '../store/refresh-keys.repository.js';
import { RefreshService } from './refresh.service.js';

export interface RefreshAnswer {
  jobId: string;
  /** Of the refresh when it was asked for. */
  status: RefreshStatus;
  /** The key was seen before, and this is the answer of then. */
  isReplayed: boolean;
}

/** The way in for requests over HTTP: with an `Idempotency-Key` one refresh is begun, whatever is repeated or crashes. */
@Injectable()
export class IdempotentRefreshesService implements OnModuleInit {
  constructor(
    private readonly refreshes: RefreshService,
    private readonly keys: RefreshKeysRepository,
    private readonly erasure: AccountErasure,
    private readonly exports: AccountExport,
    private readonly clock: Clock,
  ) {}

  /** These keys are all that is kept of an account: the figures belong to the instance. */
  onModuleInit(): void {
    this.erasure.register('github-refresh-keys', async (userId, _signal, replicasKnow) => {
      await replicasKnow();
      await this.keys.deleteOfUser(userId);
    });
    this.exports.register('github-refresh-requests', (userId) => this.exportOf(userId));
  }

  /** @throws IdempotencyKeyError; as `RefreshService.start` */
  async start(userId: string, key: string | undefined): Promise<RefreshAnswer> {
    if (key === undefined) {
      const { id, status } = await this.refreshes.start();
      return { jobId: id, status, isReplayed: false };
    }
    assertIdempotencyKey(key);
    this.refreshes.assertConfigured();
    const now = this.clock.now();
    const id = createHash('sha256')
      .update(JSON.stringify([userId, key]))
      .digest('hex');
    const asked = { id, userId, jobId: randomUUID(), status: null, createdAt: now };
    const { jobId, status } = await this.keys.claim(asked, now - IDEMPOTENCY_KEY_KEPT_MS);
    if (status !== null) return { jobId, status, isReplayed: true };
    // Whoever comes here with the same key begins the same refresh: at the same time, or after a crash.
    const job = await this.refreshes.start(jobId);
    const kept = await this.keys.keepAnswer(id, job.id, job.status);
    return { jobId: kept.jobId, status: kept.status ?? job.status, isReplayed: false };
  }

  private async *exportOf(userId: string): AsyncGenerator<object> {
    for (const { jobId, createdAt } of await this.keys.listOfUser(userId)) {
      yield { jobId, askedAt: new Date(createdAt).toISOString() };
    }
  }
}
