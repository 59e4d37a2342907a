import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountErasure } from '../../common/lifecycle/account-erasure.js';
import { AccountExport } from '../../common/lifecycle/account-export.js';
import { JobsRepository } from './jobs.repository.js';

/** A user's jobs, for the export and the deletion of the account. */
@Injectable()
export class JobAccountData implements OnModuleInit {
  constructor(
    private readonly erasure: AccountErasure,
    private readonly exports: AccountExport,
    private readonly rows: JobsRepository,
  ) {}

  onModuleInit(): void {
    this.erasure.register('jobs', async (userId, _signal, replicasKnow) => {
      // Before the wait, so that what is running stops; after it, for what was queued meanwhile.
      await this.rows.deleteOfUser(userId);
      await replicasKnow();
      await this.rows.deleteOfUser(userId);
    });
    this.exports.register('jobs', (userId) => this.exportOf(userId));
  }

  private async *exportOf(userId: string): AsyncGenerator<object> {
    for await (const { kind, id, state, progress, createdAt, startedAt, endedAt, error } of this.rows.streamOfUser(
      userId,
    )) {
      const iso = (time: number | null) => (time === null ? null : new Date(time).toISOString());
      yield {
        kind,
        id,
        state,
        progress,
        createdAt: iso(createdAt),
        startedAt: iso(startedAt),
        endedAt: iso(endedAt),
        error,
      };
    }
  }
}
