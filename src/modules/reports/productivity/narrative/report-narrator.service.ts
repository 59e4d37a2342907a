import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Clock } from '../../../../common/time/clock.js';
import { NarrationService } from '../../../../infra/ai/narration.service.js';
import type { ProductivityReport } from '../productivity-report.js';
import type { UserTotals } from '../user-totals.js';
import { narrationJobs, PROMPTS, type NarrationJob } from './narration-jobs.js';
import { NarrationsRepository } from './narrations.repository.js';

export interface NarrateOptions {
  userId: string | null;
  expectedDailyHours: number;
  apiKey?: string;
  signal?: AbortSignal;
  /** 0 to 1. */
  onProgress?: (share: number) => void;
}

/** Calls under way for one report. */
const LANES = 4;

/** Has a model word what the templates of a report say. */
@Injectable()
export class ReportNarrator {
  /** For all words of a report together; what is not worded by then keeps its template. */
  protected readonly budgetMs: number = 120_000;

  constructor(
    private readonly narration: NarrationService,
    private readonly kept: NarrationsRepository,
    private readonly clock: Clock,
  ) {}

  modelName(apiKey?: string): string | null {
    return this.narration.modelName(apiKey);
  }

  /** Of all prompts that reports use. */
  promptVersion(): string {
    const versions = PROMPTS.map((prompt) => this.narration.promptVersion(prompt));
    return createHash('sha256').update(versions.join()).digest('hex').slice(0, 12);
  }

  /**
   * Replaces texts of the report, whose figures stay as they are.
   * @returns false when a text fell back to its template although a model is configured.
   */
  async narrate(report: ProductivityReport, totals: readonly UserTotals[], options: NarrateOptions): Promise<boolean> {
    const model = this.modelName(options.apiKey);
    if (model === null) return true;
    const jobs = narrationJobs(report, totals, options.expectedDailyHours);
    const waiting = jobs[Symbol.iterator]();
    const deadline = AbortSignal.timeout(this.budgetMs);
    const signal = options.signal === undefined ? deadline : AbortSignal.any([options.signal, deadline]);
    let final = true;
    let done = 0;
    const lanes = Array.from({ length: LANES }, async () => {
      for (const job of waiting) {
        options.signal?.throwIfAborted();
        const told = await this.word(job, model, { ...options, signal });
        if (told.byModel) report.narrative = { ...report.narrative, source: 'model', model };
        final &&= told.final;
        options.onProgress?.(++done / jobs.length);
      }
    });
    await Promise.all(lanes);
    options.signal?.throwIfAborted();
    return final;
  }

  private async word(
    { request, apply }: NarrationJob,
    model: string,
    { userId, apiKey, signal }: NarrateOptions,
  ): Promise<{ byModel: boolean; final: boolean }> {
    const key = this.keyOf(request, model);
    const kept = await this.kept.find(userId, key);
    if (kept !== null) {
      apply(kept);
      return { byModel: true, final: true };
    }
    const narration = await this.narration.narrate({ ...request, userId, apiKey, signal });
    const fields = narration.fields as Record<string, string>;
    apply(fields);
    const byModel = narration.narrative.source === 'model';
    if (byModel && narration.final) await this.kept.keep(userId, key, fields, new Date(this.clock.now()));
    return { byModel, final: narration.final };
  }

  /** The same question to the same model has the same key. */
  private keyOf(request: NarrationJob['request'], model: string): string {
    const version = this.narration.promptVersion(request.prompt);
    return createHash('sha256')
      .update(JSON.stringify([model, version, request]))
      .digest('hex');
  }
}
