import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountErasure } from '../../../../common/lifecycle/account-erasure.js';
import { AccountExport } from '../../../../common/lifecycle/account-export.js';
import { ReportContentsService } from './report-contents.service.js';
import { ReportRequestKeysRepository } from './report-request-keys.repository.js';
import { ReportTasksRepository } from './report-tasks.repository.js';

/** A user's tasks and reports, for the export and the deletion of the account. */
@Injectable()
export class ReportAccountData implements OnModuleInit {
  constructor(
    private readonly erasure: AccountErasure,
    private readonly exports: AccountExport,
    private readonly tasks: ReportTasksRepository,
    private readonly contents: ReportContentsService,
    private readonly keys: ReportRequestKeysRepository,
  ) {}

  onModuleInit(): void {
    this.erasure.register('report-tasks', async (userId, _signal, replicasKnow) => {
      await replicasKnow();
      // The tasks first: without its task no run can complete, and what it has written it takes away again.
      await this.tasks.deleteOfUser(userId);
      await this.contents.deleteOfUser(userId);
      await this.keys.deleteOfUser(userId);
    });
    this.exports.register('productivity-reports', (userId) => this.exportOf(userId));
  }

  private async *exportOf(userId: string): AsyncGenerator<object> {
    for await (const { taskId, request, end, error, createdAt, endedAt, made } of this.tasks.streamOfUser(userId)) {
      const report = made === null ? undefined : await this.contents.parse(taskId, made);
      yield { taskId, request, end, error, createdAt, endedAt, report };
    }
  }
}
