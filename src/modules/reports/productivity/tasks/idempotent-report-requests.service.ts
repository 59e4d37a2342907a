import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../../common/auth/principal.js';
import { Clock } from '../../../../common/time/clock.js';
import { WebhooksService } from '../../../webhooks/webhooks.service.js';
import { ReportRequestKeysRepository, type KeptAnswer } from './report-request-keys.repository.js';
import { ReportRequestsService, type AcceptedReport, type ReportOrder } from './report-requests.service.js';
import { IdempotencyKeyError, IdempotencyKeyReusedError } from './report-tasks.errors.js';
import { hashOf, requestHash } from './request-hash.js';

/** For so long an `Idempotency-Key` is remembered. */
export const KEY_KEPT_MS = 24 * 3_600_000;

const KEY = /^[\x20-\x7e]{1,255}$/;

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
    if (key !== undefined && !KEY.test(key)) throw new IdempotencyKeyError();
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
      new Date(now - KEY_KEPT_MS),
    );
    if (row.bodyHash !== bodyHash) throw new IdempotencyKeyReusedError();
    if (row.answer !== undefined) return { accepted: await this.repeat(userId, row.answer), isReplayed: true };
    // Whoever comes here with the same key makes the same task: at the same time, or after a crash.
    const accepted = await this.requests.accept(caller, order, row.newTaskId);
    const { taskId, status, webhook } = accepted;
    const kept = await this.keys.keepAnswer(id, {
      taskId,
      status,
      ...(webhook && { webhook: { id: webhook.id, url: webhook.url, showedSecret: webhook.secret !== undefined } }),
    });
    return { accepted: kept.taskId === taskId ? accepted : await this.repeat(userId, kept), isReplayed: false };
  }

  /** The secret of a new webhook is part of the answer, whose first copy may have been lost; it is not kept with the answer. */
  private async repeat(userId: string, { taskId, status, webhook }: KeptAnswer): Promise<AcceptedReport> {
    if (webhook === undefined) return { taskId, status };
    const { id, url, showedSecret } = webhook;
    const secret = showedSecret ? await this.webhooks.secretOf(userId, id) : null;
    return { taskId, status, webhook: { id, url, ...(secret !== null && { secret }) } };
  }
}
