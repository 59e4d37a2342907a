import type { JobData, JobInfo, JobState } from './job-queue.js';

/** What names a job. */
export interface JobKey {
  kind: string;
  id: string;
}

/** A job that a worker has, by the lease with this token. */
export interface HeldJob extends JobKey {
  token: number;
}

export interface JobRow extends JobInfo {
  payload: JobData;
  checkpoint: JobData | null;
  maxAttempts: number;
  token: number;
  worker: string | null;
}

/** A row as the driver gives it: numbers may be text on PostgreSQL. */
export interface RawJobRow {
  kind: string;
  id: string;
  user_id: string | null;
  state: JobState;
  payload: string;
  checkpoint: string | null;
  run_at: number | string;
  attempts: number | string;
  max_attempts: number | string;
  progress: number | string;
  token: number | string;
  worker: string | null;
  error_code: string | null;
  error_message: string | null;
  created_at: number | string;
  started_at: number | string | null;
  ended_at: number | string | null;
}

export function toJobRow(raw: RawJobRow): JobRow {
  return {
    kind: raw.kind,
    id: raw.id,
    userId: raw.user_id,
    state: raw.state,
    progress: Number(raw.progress),
    attempts: Number(raw.attempts),
    runAt: raw.ended_at === null ? Number(raw.run_at) : null,
    createdAt: Number(raw.created_at),
    startedAt: raw.started_at === null ? null : Number(raw.started_at),
    endedAt: raw.ended_at === null ? null : Number(raw.ended_at),
    error: raw.error_code === null ? null : { code: raw.error_code, message: raw.error_message ?? '' },
    payload: JSON.parse(raw.payload) as JobData,
    checkpoint: raw.checkpoint === null ? null : (JSON.parse(raw.checkpoint) as JobData),
    maxAttempts: Number(raw.max_attempts),
    token: Number(raw.token),
    worker: raw.worker,
  };
}

/** The part of a row that others may see. */
export function toJobInfo(row: JobRow): JobInfo {
  const { kind, id, userId, state, progress, attempts, runAt, createdAt, startedAt, endedAt, error } = row;
  return { kind, id, userId, state, progress, attempts, runAt, createdAt, startedAt, endedAt, error };
}

export const keyOf = ({ kind, id }: JobKey): string => `${kind}/${id}`;
