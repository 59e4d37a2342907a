import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../../common/auth/principal.js';
import { assertIdempotencyKey, IDEMPOTENCY_KEY_KEPT_MS } from '../../../../common/http/idempotency-key.js';
import { Clock } from '../../../../common/time/clock.js';
import { WebhooksService } from '../../../webhooks/webhooks.service.js';
import { ReportRequestKeysRepository, type KeptAnswer } from './report-request-keys.repository.js';
import { ReportRequestsService, type AcceptedReport, type ReportOrder } from './report-requests.service.js';
import { IdempotencyKeyReusedError } from './report-tasks.errors.js';
import { hashOf, requestHash } from './request-hash.js';

export interface ReportAnswer {
  accepted: AcceptedReport;
  /** The key was seen before, and this is the answer of then. */
  isReplayed: boolean;
}

/** The way in for requests: with an `Idempotency-Key` the same request is carried out once, whatever is repeated or crashes. */
@Injectable()
export class IdempotentReportRequests {
  constructor(
    private readonly requests: ReportRequestsService,
    private readonly keys: ReportRequestKeysRepository,
    private readonly webhooks: WebhooksService,
    private readonly clock: Clock,
  ) {}

  /** @throws as `ReportRequestsService`; IdempotencyKeyError, IdempotencyKeyReusedError */
  async submit(caller: Principal, order: ReportOrder, key: string | undefined): Promise<ReportAnswer> {
    if (key !== undefined) assertIdempotencyKey(key);
    await this.requests.check(caller, order);
    if (key === undefined) return { accepted: await this.requests.accept(caller, order), isReplayed: false };
    return this.submitOnce(caller, order, key);
  }

  private async submitOnce(caller: Principal, order: ReportOrder, key: string): Promise<ReportAnswer> {
    const { userId } = caller;
    const now = this.clock.now();
    const id = hashOf([userId, key]);
    // The key of a model is no part of it: not even a hash of it is kept.
    const bodyHash = hashOf([requestHash(order.request, order.geminiApiKey !== undefined), order.webhookUrl ?? null]);
    const { row } = await this.keys.claim(
      id,
      { userId, bodyHash, newTaskId: randomUUID(), createdAt: new Date(now) },
      new Date(now - IDEMPOTENCY_KEY_KEPT_MS),
    );
    if (row.bodyHash !== bodyHash) throw new IdempotencyKeyReusedError();
    if (row.answer !== undefined) return { accepted: await this.repeat(userId, row.answer), isReplayed: true };
    // Whoever comes here with the same key makes the same task: at the same time, or after a crash.
    const accepted = await this.requests.accept(caller, order, row.newTaskId);
    const { taskId, status, webhook } = accepted;
    const kept = await this.keys.keepAnswer(id, {
      taskId,
      status,
      ...(webhook && { webhook: keptWebhook(webhook) }),
    });
    return { accepted: kept.taskId === taskId ? accepted : await this.repeat(userId, kept), isReplayed: false };
  }

  /**
   * The secret of a new webhook is part of the answer, whose first copy may have been lost; it is not kept with the answer. One
   * that has taken its place since then is not shown.
   */
  private async repeat(userId: string, { taskId, status, webhook }: KeptAnswer): Promise<AcceptedReport> {
    if (webhook === undefined) return { taskId, status };
    const { id, url, secretHash } = webhook;
    const secret = secretHash === undefined ? null : await this.webhooks.secretOfRequested(userId, id);
    const isSame = secret !== null && hashOf([id, secret]) === secretHash;
    return { taskId, status, webhook: { id, url, ...(isSame && { secret }) } };
  }
}

function keptWebhook({ id, url, secret }: NonNullable<AcceptedReport['webhook']>): KeptAnswer['webhook'] {
  return { id, url, ...(secret !== undefined && { secretHash: hashOf([id, secret]) }) };
}
