import { Injectable, Logger, type BeforeApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { AiCallLog, type AiCall } from '../../../../infra/ai/ai-call-log.js';
import { Clock } from '../../../../common/time/clock.js';
import type { AiCallRow } from '../calls/ai-call-row.js';
import { newRowId } from './activity-input.js';
import { UsageIngest } from './usage-ingest.service.js';

/** Under which our own calls stand as a project, and as a user where nobody asked. */
export const OWN_PROJECT = 'almanac';
/** More can only wait when the database has been away for long; the oldest are kept. */
const MOST_WAITING = 10_000;
const AT_ONCE = 500;
const FIRST_PAUSE_MS = 200;
const LONGEST_PAUSE_MS = 10_000;
const LAST_TRIES_MS = 3000;

/**
 * The calls of models that this server itself makes. The caller does not wait: a call is stored within moments, again and
 * again until the database has it, and the rest when the server stops. Only a crash in these moments loses one.
 */
@Injectable()
export class OwnAiCalls implements OnModuleInit, BeforeApplicationShutdown {
  private readonly logger = new Logger(OwnAiCalls.name);
  private readonly stopping = new AbortController();
  private waiting: AiCallRow[] = [];
  private storing: Promise<void> | undefined;

  constructor(
    private readonly log: AiCallLog,
    private readonly ingest: UsageIngest,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.log.subscribe((call) => this.take(call));
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort();
    await this.storing;
  }

  private take(call: AiCall): void {
    if (this.waiting.length >= MOST_WAITING) {
      this.logger.error('Too many AI calls wait for the database; one is not counted');
      return;
    }
    this.waiting.push(rowOf(call, this.clock.now()));
    this.storing ??= this.storeAll().finally(() => (this.storing = undefined));
  }

  /** Never rejects. */
  private async storeAll(): Promise<void> {
    let pauseMs = FIRST_PAUSE_MS;
    const startedAt = performance.now();
    while (this.waiting.length > 0) {
      const rows = this.waiting.slice(0, AT_ONCE);
      try {
        // Each has an event id, so that a write whose answer was lost is not counted twice.
        await this.ingest.storeAiCalls(rows);
        this.waiting = this.waiting.slice(rows.length);
        pauseMs = FIRST_PAUSE_MS;
      } catch (error) {
        if (this.stopping.signal.aborted && performance.now() - startedAt > LAST_TRIES_MS) {
          this.logger.error(`${this.waiting.length} AI calls could not be stored before the end`);
          return;
        }
        this.logger.warn(`AI calls of this server are stored later: ${error instanceof Error ? error.name : 'error'}`);
        await this.pause(pauseMs);
        pauseMs = Math.min(pauseMs * 2, LONGEST_PAUSE_MS);
      }
    }
  }

  /** A stop of the server ends it; from then on there is no time for long ones. */
  private async pause(milliseconds: number): Promise<void> {
    const { signal } = this.stopping;
    if (signal.aborted) await sleep(FIRST_PAUSE_MS);
    else await sleep(milliseconds, undefined, { signal }).catch(() => undefined);
  }
}

function rowOf(call: AiCall, receivedAt: number): AiCallRow {
  const { inputTokens, outputTokens, reasoningTokens } = call;
  // Gemini counts reasoning apart from the output.
  const apart = call.provider === 'gemini' ? (reasoningTokens ?? 0) : 0;
  const id = newRowId();
  return {
    id,
    userId: call.userId ?? OWN_PROJECT,
    occurredAt: call.timestamp,
    eventId: `${OWN_PROJECT}:${id}`,
    provider: call.provider,
    model: call.model,
    callType: call.callType,
    project: OWN_PROJECT,
    responseUs: Math.round(call.responseSeconds * 1e6),
    tokens: (inputTokens ?? 0) + (outputTokens ?? 0) + apart,
    inputTokens,
    cachedInputTokens: call.cachedInputTokens,
    outputTokens,
    reasoningTokens,
    success: call.success,
    error: call.error,
    receivedAt,
    clamped: false,
  };
}
