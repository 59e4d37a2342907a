import { Injectable } from '@nestjs/common';
import { Clock } from '../../../../common/time/clock.js';
import type { JobData, JobInfo, JobRun } from '../../../../infra/jobs/job-queue.js';
import { PackedDays } from '../packed-days.js';
import { ProductivityReportService } from '../productivity-report.service.js';
import { GeminiKeys } from './gemini-keys.js';
import { ReportContentsService } from './report-contents.service.js';
import type { MadeReport, ReportTaskRow } from './report-task-row.js';
import { ReportTaskTelling } from './report-task-telling.service.js';
import { ReportTasksRepository } from './report-tasks.repository.js';

const KEY_LOST =
  'The Gemini key of the request was held in memory only and was lost when the server stopped, so these texts were made without it.';

/** Carries out a task: report, its place in the store, the end, the message about it. Each may have been done before. */
@Injectable()
export class ReportTaskRunService {
  constructor(
    private readonly tasks: ReportTasksRepository,
    private readonly reports: ProductivityReportService,
    private readonly contents: ReportContentsService,
    private readonly geminiKeys: GeminiKeys,
    private readonly telling: ReportTaskTelling,
    private readonly clock: Clock,
  ) {}

  async run(run: JobRun): Promise<void> {
    const task = await this.tasks.find(null, run.id);
    if (task === null) return;
    if (task.end === null && (await this.tasks.begin(task.taskId, run.fencingToken))) await this.make(task, run);
    await this.telling.tell(task.taskId);
    this.geminiKeys.forget(task.taskId);
  }

  /** The job has failed, or was cancelled: so has the task. May be called twice. */
  async fail({ id, error }: JobInfo): Promise<void> {
    const failure = error ?? { code: 'INTERNAL', message: 'The task failed' };
    const failed = await this.tasks.fail(id, failure, new Date(this.clock.now()));
    if (failed) await this.contents.delete(id);
    this.geminiKeys.forget(id);
    await this.telling.tell(id);
  }

  private async make(task: ReportTaskRow, run: JobRun): Promise<void> {
    const { taskId } = task;
    const made = readCheckpoint(run.checkpoint) ?? (await this.build(task, run));
    run.signal.throwIfAborted();
    if (await this.tasks.complete(taskId, run.fencingToken, made, new Date(this.clock.now()))) {
      await this.contents.deleteLeftovers(taskId, made);
      return;
    }
    // Cancelled meanwhile, or the account is gone: nothing of it stays.
    const present = await this.tasks.find(null, taskId);
    if (present?.made?.fencingToken !== made.fencingToken) await this.contents.deleteRun(taskId, made.fencingToken);
  }

  private async build(task: ReportTaskRow, run: JobRun): Promise<MadeReport> {
    const { request, userId } = task;
    const apiKey = this.geminiKeys.find(task.taskId);
    const packedDays = new PackedDays();
    const { report, final, dataVersion, promptVersion, model } = await this.reports.build(
      { ...request, userId },
      {
        packedDays,
        signal: run.signal,
        apiKey,
        onProgress: (percent) => {
          run.progress(percent);
          run.beginStep();
        },
      },
    );
    const isKeyLost = task.hasOwnKey && apiKey === undefined;
    if (isKeyLost) report.narrative.note = KEY_LOST;
    const place = await this.contents.store(task, run.fencingToken, report, run.signal, packedDays);
    const madeAt = new Date(report.generatedAt);
    const made = { final: final && !isKeyLost, dataVersion, promptVersion, model, madeAt, ...place };
    // From here on a crash costs no second report, and no second call of a model.
    await run.saveCheckpoint({ ...made, madeAt: madeAt.toISOString() });
    return made;
  }
}

function readCheckpoint(checkpoint: JobData | null): MadeReport | null {
  if (checkpoint === null) return null;
  const made = checkpoint as unknown as Omit<MadeReport, 'madeAt'> & { madeAt: string };
  return { ...made, madeAt: new Date(made.madeAt) };
}
