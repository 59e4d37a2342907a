import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountErasure } from '../../common/lifecycle/account-erasure.js';
import { AccountExport } from '../../common/lifecycle/account-export.js';
import { WhoopExportService } from './dashboard/whoop-export.service.js';
import { WhoopGrantRepository } from './grant/whoop-grant.repository.js';
import { WhoopLinkingService } from './grant/whoop-linking.service.js';
import { WhoopRecordStoreRepository } from './records/whoop-record-store.repository.js';

/** A member's data belong to the account that linked the member last: exported with it, and revoked at WHOOP and erased with it. */
@Injectable()
export class WhoopAccountData implements OnModuleInit {
  constructor(
    private readonly erasure: AccountErasure,
    private readonly exports: AccountExport,
    private readonly grants: WhoopGrantRepository,
    private readonly linking: WhoopLinkingService,
    private readonly store: WhoopRecordStoreRepository,
    private readonly whoopExport: WhoopExportService,
  ) {}

  onModuleInit(): void {
    this.erasure.register('whoop', async (userId, _signal, replicasKnow) => {
      await replicasKnow();
      await this.grants.deleteStatesOfUser(userId);
      if ((await this.grants.find())?.linkedBy === userId) await this.linking.unlink(false);
      for (const memberId of await this.store.listMembersLinkedBy(userId)) await this.linking.eraseMember(memberId);
    });
    this.exports.register('whoop', (userId) => this.export(userId));
  }

  private async *export(userId: string): AsyncGenerator<object> {
    for (const memberId of await this.store.listMembersLinkedBy(userId)) yield* this.whoopExport.accountRows(memberId);
  }
}
