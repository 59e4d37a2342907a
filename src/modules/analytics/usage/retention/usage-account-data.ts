import { randomUUID } from 'node:crypto';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountErasure } from '../../../../common/lifecycle/account-erasure.js';
import { AccountExport } from '../../../../common/lifecycle/account-export.js';
import { UsageNames } from '../names/usage-names.service.js';
import { UserRowsRepository, type RowKey } from './user-rows.repository.js';

const ROWS_PER_STEP = 500;
const BEGINNING: RowKey = { occurredAt: -1, id: '' };

/**
 * Usage rows that stand under an account's own id, as those of the AI calls which Almanac makes for it. Users whom
 * services report are the services' users, not accounts, and stay.
 */
@Injectable()
export class UsageAccountData implements OnModuleInit {
  constructor(
    private readonly erasure: AccountErasure,
    private readonly exports: AccountExport,
    private readonly names: UsageNames,
    private readonly rows: UserRowsRepository,
  ) {}

  onModuleInit(): void {
    this.erasure.register('usage', (userId, signal, replicasKnow) => this.erase(userId, signal, replicasKnow));
    this.exports.register('usage-activities', (userId) => this.activities(userId));
    this.exports.register('usage-ai-calls', (userId) => this.calls(userId));
  }

  /** Raw rows go; rollups keep their sums, but the number in them leads to nobody any more. */
  private async erase(userId: string, signal: AbortSignal, replicasKnow: () => Promise<void>): Promise<void> {
    await replicasKnow();
    const user = await this.names.find('user', userId);
    if (user === null) return;
    await this.drain(
      () => this.rows.listActivities(user, BEGINNING, ROWS_PER_STEP),
      (keys) => this.rows.deleteActivities(keys),
      signal,
    );
    await this.drain(
      () => this.rows.listCalls(user, BEGINNING, ROWS_PER_STEP),
      (keys) => this.rows.deleteCalls(keys),
      signal,
    );
    await this.rows.forgetSessionIds(user);
    await this.names.forget('user', userId, `erased-${randomUUID()}`);
  }

  private async drain(
    list: () => Promise<readonly RowKey[]>,
    remove: (keys: readonly RowKey[]) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> {
    for (let keys = await list(); keys.length > 0; keys = await list()) {
      signal.throwIfAborted();
      await remove(keys);
    }
  }

  private async *activities(userId: string): AsyncGenerator<object> {
    const user = await this.names.find('user', userId);
    if (user === null) return;
    for await (const row of pages((after) => this.rows.listActivities(user, after, ROWS_PER_STEP))) {
      const { occurredAt, eventId, receivedAt, action, sessionId, ipAddress, userAgent, metadata } = row;
      yield {
        timestamp: new Date(occurredAt).toISOString(),
        received_at: new Date(receivedAt).toISOString(),
        event_id: eventId,
        action,
        session_id: sessionId,
        ip_address: ipAddress,
        user_agent: userAgent,
        metadata: metadata === null ? null : (JSON.parse(metadata) as unknown),
      };
    }
  }

  private async *calls(userId: string): AsyncGenerator<object> {
    const user = await this.names.find('user', userId);
    if (user === null) return;
    for await (const row of pages((after) => this.rows.listCalls(user, after, ROWS_PER_STEP))) {
      const { occurredAt, eventId, project, receivedAt, model, provider, callType, responseUs, success, error } = row;
      yield {
        timestamp: new Date(occurredAt).toISOString(),
        received_at: new Date(receivedAt).toISOString(),
        event_id: eventId,
        project_id: project,
        model_used: model,
        provider,
        call_type: callType,
        response_time: responseUs / 1e6,
        tokens: row.tokens,
        input_tokens: row.inputTokens,
        cached_input_tokens: row.cachedInputTokens,
        output_tokens: row.outputTokens,
        reasoning_tokens: row.reasoningTokens,
        success,
        error,
      };
    }
  }
}

async function* pages<T extends RowKey>(list: (after: RowKey) => Promise<T[]>): AsyncGenerator<T> {
  for (let page = await list(BEGINNING); page.length > 0; page = await list(page.at(-1)!)) yield* page;
}
