import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { isAdmin, type Principal } from '../../../../common/auth/principal.js';
import { Clock } from '../../../../common/time/clock.js';
import { JobQueue } from '../../../../infra/jobs/job-queue.js';
import { ReportExportService, type ExportFormat, type ReportExport } from '../exports/report-export.service.js';
import { ReportContentsService } from './report-contents.service.js';
import { REPORT_JOB } from './report-requests.service.js';
import type { ReportTaskRow } from './report-task-row.js';
import { taskState, type TaskState, type TaskStatus } from './report-task-state.js';
import { ReportTaskTelling } from './report-task-telling.service.js';
import { ReportNotReadyError, ReportTaskEndedError, ReportTaskNotFoundError } from './report-tasks.errors.js';
import { ReportTasksRepository, type OwnerScope } from './report-tasks.repository.js';

export interface ListedTask {
  task: ReportTaskRow;
  state: TaskState;
}

/** The queue has a limit, and so has each user. */
const MOST_OPEN = 2000;
const CANCELLED = { code: 'CANCELLED', message: 'cancelled' };

/** Tasks as their owners see them; an administrator sees all. */
@Injectable()
export class ReportTasksService {
  constructor(
    private readonly tasks: ReportTasksRepository,
    private readonly contents: ReportContentsService,
    private readonly exports: ReportExportService,
    private readonly telling: ReportTaskTelling,
    private readonly jobs: JobQueue,
    private readonly clock: Clock,
  ) {}

  /** @throws ReportTaskNotFoundError */
  async get(caller: Principal, taskId: string): Promise<ListedTask> {
    const task = await this.tasks.find(scopeOf(caller), taskId);
    if (task === null) throw new ReportTaskNotFoundError();
    const job = task.end === null ? await this.jobs.find(REPORT_JOB, taskId) : null;
    // It may have ended between the two questions.
    if (job?.state === 'done') return this.getEnded(task);
    return { task, state: taskState(task, job ?? undefined) };
  }

  /** The newest first. */
  async list(caller: Principal, status: TaskStatus | undefined, limit: number): Promise<ListedTask[]> {
    const end = status === undefined || status === 'completed' || status === 'failed' ? status : null;
    // Which of those that have not ended are under way, only their jobs know.
    const tasks = await this.tasks.list(scopeOf(caller), end, end === null ? MOST_OPEN : limit);
    const open = tasks.filter((task) => task.end === null).map(({ taskId }) => taskId);
    const jobs = await this.jobs.findAll(REPORT_JOB, open);
    return tasks
      .map((task) => ({ task, state: taskState(task, jobs.get(task.taskId)) }))
      .filter(({ state }) => status === undefined || state.status === status)
      .slice(0, limit);
  }

  /** Once more is fine. @throws ReportTaskNotFoundError, ReportTaskEndedError */
  async cancel(caller: Principal, taskId: string): Promise<ListedTask> {
    await this.get(caller, taskId);
    const now = new Date(this.clock.now());
    // First the task: from here on nothing can complete it.
    const cancelled = await this.tasks.fail(taskId, CANCELLED, now);
    await this.jobs.cancel(REPORT_JOB, taskId);
    const after = await this.get(caller, taskId);
    if (after.task.error?.code !== CANCELLED.code) throw new ReportTaskEndedError();
    if (cancelled) await this.telling.tell(taskId);
    return after;
  }

  /** The JSON text of a completed task's report. */
  async read({ taskId, made }: ReportTaskRow): Promise<Readable> {
    if (made === null) throw new ReportNotReadyError();
    return this.contents.read(taskId, made);
  }

  /** @throws ReportTaskNotFoundError, ReportNotReadyError */
  async export(caller: Principal, taskId: string, format: ExportFormat): Promise<ReportExport> {
    const { task } = await this.get(caller, taskId);
    if (task.made === null) throw new ReportNotReadyError();
    const report = await this.contents.parseWithoutHours(taskId, task.made);
    return this.exports.render(report, format, this.contents.streamDays(taskId, task.made));
  }

  private async getEnded(task: ReportTaskRow): Promise<ListedTask> {
    const now = (await this.tasks.find(null, task.taskId)) ?? task;
    return { task: now, state: taskState(now, undefined) };
  }
}

function scopeOf(caller: Principal): OwnerScope {
  return isAdmin(caller) ? null : caller.userId;
}
