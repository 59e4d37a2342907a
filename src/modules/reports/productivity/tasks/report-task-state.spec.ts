import type { JobInfo, JobState } from '../../../../infra/jobs/job-queue.js';
import { taskState } from './report-task-state.js';

const error = { code: 'INFLUX', message: 'InfluxDB does not answer' };
const job = (state: JobState, changes: Partial<JobInfo> = {}): JobInfo => ({
  id: 't',
  kind: 'k',
  userId: 'u',
  state,
  progress: 40,
  attempts: 1,
  runAt: null,
  createdAt: 0,
  startedAt: state === 'queued' ? null : 1,
  endedAt: null,
  error: state === 'failed' ? error : null,
  ...changes,
});
const open = { end: null, error: null };

describe('taskState', () => {
  it.each([
    ['without a job yet', open, undefined, 'pending', 0],
    ['waiting', open, job('queued', { progress: 0 }), 'pending', 0],
    ['running', open, job('running'), 'processing', 40],
    ['waiting for its second attempt', open, job('queued', { startedAt: 1 }), 'processing', 40],
    ['done but not written', open, job('done', { progress: 100 }), 'processing', 99],
    ['whose job has failed', open, job('failed'), 'failed', 40],
    ['completed', { end: 'completed' as const, error: null }, job('running'), 'completed', 100],
    ['failed', { end: 'failed' as const, error }, job('running'), 'failed', 40],
    ['failed, its job forgotten', { end: 'failed' as const, error }, undefined, 'failed', 0],
  ])('should show a task %s', (_, task, itsJob, status, progress) => {
    const state = taskState(task, itsJob);
    expect([state.status, state.progress]).toEqual([status, progress]);
    expect(state.error).toEqual(status === 'failed' ? error : null);
  });
});
