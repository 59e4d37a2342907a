import type { JobFailure } from '../../../../infra/jobs/job-queue.js';
import type { ProductivityReportRequest, ReportVersion } from '../productivity-report.js';

/** What a task was asked for: without the key of a request, which is never kept. */
export type TaskRequest = Omit<ProductivityReportRequest, 'userId'>;

/** How a task ended; `null` while it waits or runs. Which of the two, its job says. */
export type TaskEnd = 'completed' | 'failed';

export interface ReportTaskRow {
  taskId: string;
  userId: string;
  request: TaskRequest;
  /** The same for requests that would make the same report from the same data. */
  requestHash: string;
  /** The request brought a Gemini key of its own. */
  hasOwnKey: boolean;
  /** Where the end is told, besides the webhooks that are registered. */
  webhookIds: string[];
  end: TaskEnd | null;
  error: JobFailure | null;
  createdAt: Date;
  endedAt: Date | null;
  /** Of a completed task: what the report was made from, and where it is kept. */
  made: MadeReport | null;
  /** The end was handed to the webhooks. */
  isTold: boolean;
}

export interface MadeReport extends ReportVersion {
  /** Worth reusing. */
  final: boolean;
  madeAt: Date;
  /** Of the run that made it; names the parts of the text. */
  fencingToken: number;
  parts: number;
}
