import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, type OnModuleInit } from '@nestjs/common';
import { AccountErasure } from '../../common/lifecycle/account-erasure.js';
import { AccountExport } from '../../common/lifecycle/account-export.js';
import { OrgsService } from '../orgs/orgs.service.js';
import { ActivityStore } from './activity-store.js';

/**
 * Longer than any replica believes what it has cached of an account (5 s) or an organization (2 s), plus a write that it may
 * have begun: after it nothing of a closed account can be added any more.
 */
const REPLICAS_KNOW_MS = 9000;

/** The activity points of a person's organizations, for the export and the deletion of the account. */
@Injectable()
export class ActivityAccountData implements OnModuleInit {
  constructor(
    private readonly erasure: AccountErasure,
    private readonly exports: AccountExport,
    private readonly orgs: OrgsService,
    private readonly store: ActivityStore,
  ) {}

  onModuleInit(): void {
    this.erasure.register('organizations', (userId, signal) => this.erase(userId, signal));
    this.exports.register('activity-points', (userId) => this.exportPoints(userId));
  }

  private async erase(userId: string, signal: AbortSignal): Promise<void> {
    await this.orgs.leaveAll(userId);
    await sleep(REPLICAS_KNOW_MS, undefined, { signal });
    // Once more: a request that was under way may have claimed another one.
    for (const org of await this.orgs.leaveAll(userId)) {
      signal.throwIfAborted();
      await this.store.erase(org, signal);
      await this.orgs.deleteErased(org.id);
    }
  }

  /** Owners get all points of the organization, others those that carry their name. */
  private async *exportPoints(userId: string): AsyncGenerator<object> {
    for (const { org, member } of await this.orgs.listMemberships(userId)) {
      yield* this.store.export(org, member.role === 'owner' ? null : member.userName);
    }
  }
}
