import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountErasure } from '../../../common/lifecycle/account-erasure.js';
import { AccountExport } from '../../../common/lifecycle/account-export.js';
import { BrowserHistoryService } from './browser-history.service.js';
import { toExported } from './event-export.js';

/** A person's browsing, for the export and the deletion of the account. */
@Injectable()
export class BrowserAccountData implements OnModuleInit {
  constructor(
    private readonly erasure: AccountErasure,
    private readonly exports: AccountExport,
    private readonly history: BrowserHistoryService,
  ) {}

  onModuleInit(): void {
    this.erasure.register('browser-events', async (userId, signal, replicasKnow) => {
      // Twice: most of it before the wait.
      await this.history.delete(userId, signal);
      await replicasKnow();
      await this.history.delete(userId, signal);
    });
    this.exports.register('browser-events', (userId) => toExported(this.history.stream(userId)));
  }
}
