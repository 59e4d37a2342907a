import type { JobFailure, JobInfo } from '../../../../infra/jobs/job-queue.js';
import type { ReportTaskRow } from './report-task-row.js';

export const TASK_STATUSES = ['pending', 'processing', 'completed', 'failed'] as const;
export type TaskStatus = (typeof TASK_STATUSES)[number];

export interface TaskState {
  status: TaskStatus;
  progress: number;
  error: JobFailure | null;
}

/** A run that has said 100 has still to write its report. */
const MOST_WHILE_RUNNING = 99;

/** What a task and its job say together. The task is the truth about its end, the job about everything before. */
export function taskState(task: Pick<ReportTaskRow, 'end' | 'error'>, job: JobInfo | undefined): TaskState {
  if (task.end === 'completed') return { status: 'completed', progress: 100, error: null };
  if (task.end === 'failed') return { status: 'failed', progress: job?.progress ?? 0, error: task.error };
  // The end of the job is known, and the task is about to be told.
  if (job?.state === 'failed' || job?.state === 'cancelled')
    return { status: 'failed', progress: job.progress, error: job.error };
  const progress = Math.min(MOST_WHILE_RUNNING, job?.progress ?? 0);
  // One that has begun goes on processing while it waits for its next attempt.
  const hasBegun = job !== undefined && (job.state !== 'queued' || job.startedAt !== null);
  return { status: hasBegun ? 'processing' : 'pending', progress, error: null };
}
