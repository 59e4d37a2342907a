import { Injectable, Logger } from '@nestjs/common';
import { DomainError } from '../../../../common/errors/domain.error.js';
import { WebhooksService, type WebhookMessage } from '../../../webhooks/webhooks.service.js';
import type { ReportTaskRow } from './report-task-row.js';
import { ReportTasksRepository } from './report-tasks.repository.js';

/** Hands the end of tasks to the webhooks, once to each. */
@Injectable()
export class ReportTaskTelling {
  private readonly logger = new Logger(ReportTaskTelling.name);

  constructor(
    private readonly tasks: ReportTasksRepository,
    private readonly webhooks: WebhooksService,
  ) {}

  /** To all registered webhooks and those of the requests. Nothing happens when it was done, or the task has not ended. */
  async tell(taskId: string): Promise<void> {
    const task = await this.tasks.find(null, taskId);
    if (task === null || task.end === null || task.isTold) return;
    await this.send(messageOf(task));
    for (const webhookId of task.webhookIds) await this.tellOne(task, webhookId);
    await this.tasks.markTold(taskId);
  }

  async tellOne(task: ReportTaskRow, webhookId: string): Promise<void> {
    await this.send({ ...messageOf(task), endpointId: webhookId });
  }

  private async send(message: WebhookMessage): Promise<void> {
    try {
      await this.webhooks.send(message);
    } catch (error) {
      // A message that may not be sent is no reason to try for ever.
      if (!(error instanceof DomainError) || error.kind !== 'invalid') throw error;
      this.logger.warn(`The end of a report task was not told: ${error.code}`);
    }
  }
}

function messageOf({ taskId, userId, request, end, error, createdAt, endedAt }: ReportTaskRow): WebhookMessage {
  const { org, users, startDate, endDate, timeZone, weekly } = request;
  return {
    userId,
    type: end === 'completed' ? 'report.completed' : 'report.failed',
    id: `report/${taskId}`,
    data: {
      taskId,
      status: end,
      ...(error && { error: error.message, code: error.code }),
      org,
      userCount: users.length,
      startDate,
      endDate,
      tz: timeZone,
      weekly,
      createdAt: createdAt.toISOString(),
      endedAt: endedAt?.toISOString() ?? null,
      statusPath: `/api/reports/status/${taskId}`,
    },
  };
}
