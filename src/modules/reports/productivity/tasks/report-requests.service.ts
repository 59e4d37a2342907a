import { randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Principal } from '../../../../common/auth/principal.js';
import { isStoreUnavailable } from '../../../../common/errors/store-errors.js';
import { localDate } from '../../../../common/time/calendar.js';
import { Clock } from '../../../../common/time/clock.js';
import { PRODUCTIVITY_CONFIG, type ProductivityConfig } from '../../../../config/app.config.js';
import { TooManyJobsError } from '../../../../infra/jobs/job.errors.js';
import { JobQueue } from '../../../../infra/jobs/job-queue.js';
import { OrgsService } from '../../../orgs/orgs.service.js';
import { WebhooksService } from '../../../webhooks/webhooks.service.js';
import { ProductivityReportService } from '../productivity-report.service.js';
import { assertReportRequest } from '../report-period.js';
import { GeminiKeys } from './gemini-keys.js';
import { isFresh } from './report-freshness.js';
import type { ReportTaskRow, TaskRequest } from './report-task-row.js';
import { taskState, type TaskStatus } from './report-task-state.js';
import { ReportTaskTelling } from './report-task-telling.service.js';
import { TooManyReportTasksError } from './report-tasks.errors.js';
import { ReportTasksRepository } from './report-tasks.repository.js';
import { requestHash } from './request-hash.js';

export const REPORT_JOB = 'productivity-report';

/** To ask for the data's version must not make the caller wait; without an answer the report is made again. */
const VERSION_LIMIT_MS = 2000;

const WEBHOOK_FIELD = 'webhookUrl';

/** What a request asks for. */
export interface ReportOrder {
  request: TaskRequest;
  webhookUrl?: string;
  /** Serves this task's narrative only; never stored or logged. */
  geminiApiKey?: string;
}

export interface AcceptedReport {
  taskId: string;
  status: Exclude<TaskStatus, 'failed'>;
  webhook?: { id: string; url: string; secret?: string };
}

/** Takes requests for reports: the task that there is, the report that there is, or a new task. */
@Injectable()
export class ReportRequestsService {
  private readonly logger = new Logger(ReportRequestsService.name);

  constructor(
    private readonly tasks: ReportTasksRepository,
    private readonly reports: ProductivityReportService,
    private readonly orgs: OrgsService,
    private readonly jobs: JobQueue,
    private readonly webhooks: WebhooksService,
    private readonly telling: ReportTaskTelling,
    private readonly geminiKeys: GeminiKeys,
    private readonly clock: Clock,
    @Inject(PRODUCTIVITY_CONFIG) private readonly config: ProductivityConfig,
  ) {}

  /** @throws InvalidInputError, WebhookUrlError, OrgNotFoundError: before anything is made */
  async check(caller: Principal, { request, webhookUrl }: ReportOrder): Promise<void> {
    assertReportRequest(request);
    if (webhookUrl !== undefined) this.webhooks.assertUrl(webhookUrl, WEBHOOK_FIELD);
    await this.orgs.assertMayReport(
      caller,
      request.org,
      request.users.map(({ name }) => name),
    );
  }

  /**
   * @param newTaskId the id that a new task gets; the same order with the same id makes one task
   * @throws WebhookUrlError, TooManyReportTasksError, UnavailableError
   */
  async accept(caller: Principal, order: ReportOrder, newTaskId: string = randomUUID()): Promise<AcceptedReport> {
    const { userId } = caller;
    const webhook =
      order.webhookUrl === undefined
        ? undefined
        : await this.webhooks.endpointFor(userId, order.webhookUrl, WEBHOOK_FIELD);
    try {
      const task = await this.findOrMake(userId, order, newTaskId, webhook?.id);
      return { ...task, ...(webhook && { webhook }) };
    } catch (error) {
      // Its secret was not shown to anyone: the next request is to show one.
      if (webhook?.secret !== undefined) await this.webhooks.deleteEndpoint(userId, webhook.id);
      throw error;
    }
  }

  private async findOrMake(
    userId: string,
    { request, geminiApiKey }: ReportOrder,
    newTaskId: string,
    webhookId: string | undefined,
  ): Promise<Pick<AcceptedReport, 'taskId' | 'status'>> {
    const hasOwnKey = geminiApiKey !== undefined;
    const hash = requestHash(request, hasOwnKey);
    const known = (await this.tasks.findOpen(userId, hash)) ?? (await this.findReusable(userId, hash, geminiApiKey));
    if (known !== null) return this.join(known, webhookId);
    if (geminiApiKey !== undefined) this.geminiKeys.keep(newTaskId, geminiApiKey);
    const created = await this.tasks.create({
      taskId: newTaskId,
      userId,
      request,
      requestHash: hash,
      hasOwnKey,
      webhookIds: webhookId === undefined ? [] : [webhookId],
      createdAt: new Date(this.clock.now()),
    });
    if (!created) {
      // Somebody was faster with the same request, or this one was made before a crash.
      const other = (await this.tasks.findOpen(userId, hash)) ?? (await this.tasks.find(userId, newTaskId));
      if (other !== null) return this.join(other, webhookId);
      return this.findOrMake(userId, { request, geminiApiKey }, newTaskId, webhookId);
    }
    try {
      await this.enqueue(userId, newTaskId, hasOwnKey);
    } catch (error) {
      // Another request may have joined it meanwhile, and had more luck with its job.
      if ((await this.jobs.find(REPORT_JOB, newTaskId)) === null) await this.tasks.delete(newTaskId);
      this.geminiKeys.forget(newTaskId);
      throw error;
    }
    return { taskId: newTaskId, status: 'pending' };
  }

  /** Another request gets the task that there is, and is told of its end, too. */
  private async join(
    known: ReportTaskRow,
    webhookId: string | undefined,
  ): Promise<Pick<AcceptedReport, 'taskId' | 'status'>> {
    const { taskId, userId } = known;
    const task = webhookId === undefined ? known : ((await this.tasks.addWebhook(taskId, webhookId)) ?? known);
    if (task.end !== null) {
      if (webhookId !== undefined) await this.telling.tellOne(task, webhookId);
      return { taskId, status: task.end === 'completed' ? 'completed' : 'processing' };
    }
    // A server that died between the two has left a task without its job.
    const job = await this.enqueue(userId, taskId, task.hasOwnKey);
    const { status } = taskState(task, job);
    return { taskId, status: status === 'failed' ? 'processing' : status };
  }

  /** A finished report that says what a new one would say. */
  private async findReusable(userId: string, hash: string, apiKey?: string): Promise<ReportTaskRow | null> {
    const task = await this.tasks.findCompleted(userId, hash);
    if (task === null || task.made === null) return null;
    const { made, request } = task;
    const periodEnd = localDate(request.endDate, request.timeZone).toExclusive;
    if (!isFresh(made, periodEnd, this.clock.now(), this.config.cacheTtlSeconds)) return null;
    try {
      const signal = AbortSignal.timeout(VERSION_LIMIT_MS);
      const version = await this.reports.versionOf({ ...request, userId }, { signal, apiKey });
      const isSame =
        version.dataVersion === made.dataVersion &&
        version.promptVersion === made.promptVersion &&
        version.model === made.model;
      return isSame ? task : null;
    } catch (error) {
      if (isStoreUnavailable(error)) throw error;
      // The task will say what is wrong.
      this.logger.debug(`The version of the data is not known: ${error instanceof Error ? error.name : 'error'}`);
      return null;
    }
  }

  private async enqueue(userId: string, taskId: string, hasOwnKey: boolean) {
    try {
      const { job } = await this.jobs.enqueue(REPORT_JOB, taskId, {}, { userId, here: hasOwnKey });
      return job;
    } catch (error) {
      if (error instanceof TooManyJobsError) throw new TooManyReportTasksError(this.config.maxTasksPerUser);
      throw error;
    }
  }
}
