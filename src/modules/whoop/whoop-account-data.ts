import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountErasure } from '../../common/lifecycle/account-erasure.js';
import { AccountExport } from '../../common/lifecycle/account-export.js';
import { WhoopExportService } from './dashboard/whoop-export.service.js';
import { WhoopGrantRepository } from './grant/whoop-grant.repository.js';
import { WhoopLinkingService } from './grant/whoop-linking.service.js';

/** The member's data belong to the account that linked WHOOP: exported with it, and with it revoked at WHOOP and erased. */
@Injectable()
export class WhoopAccountData implements OnModuleInit {
  constructor(
    private readonly erasure: AccountErasure,
    private readonly exports: AccountExport,
    private readonly grants: WhoopGrantRepository,
    private readonly linking: WhoopLinkingService,
    private readonly whoopExport: WhoopExportService,
  ) {}

  onModuleInit(): void {
    this.erasure.register('whoop', async (userId, _signal, replicasKnow) => {
      await replicasKnow();
      await this.grants.deleteStatesOfUser(userId);
      if ((await this.grants.find())?.linkedBy === userId) await this.linking.unlink(true);
    });
    this.exports.register('whoop', (userId) => this.export(userId));
  }

  private async *export(userId: string): AsyncGenerator<object> {
    const grant = await this.grants.find();
    if (grant?.linkedBy === userId && grant.memberId !== null) yield* this.whoopExport.accountRows(grant.memberId);
  }
}
