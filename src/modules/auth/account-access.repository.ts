import { Injectable } from '@nestjs/common';
import { InjectDataSource } from '@nestjs/typeorm';
import { DataSource, IsNull, type EntityManager } from 'typeorm';
import { inTransaction } from '../../infra/sql/sql-transaction.js';
import { AccountErasureEntity } from './account-erasure.entity.js';
import { ApiKeyEntity } from './api-key.entity.js';
import { InstanceClaimEntity } from './instance-claim.entity.js';
import { FIRST_ADMIN, invalidation, lockUser, revokeSessions } from './user-locks.repository.js';
import { UserEntity } from './user.entity.js';
import { isActiveAdmin, type AccessChanges, type UserRow } from './user-row.js';

const ADMINISTRATORS_LOCK = 'administrators-lock';

export type AccessChangeOutcome = { kind: 'changed'; user: UserRow } | { kind: 'unknown' } | { kind: 'last-admin' };

/** Changes after which there must still be an administrator. They run one at a time. */
@Injectable()
export class AccountAccessRepository {
  constructor(@InjectDataSource() private readonly dataSource: DataSource) {}

  /** Changes role, grants or the disabled flag. Disabling ends all sessions. */
  async change(id: string, changes: AccessChanges, now: number): Promise<AccessChangeOutcome> {
    return inTransaction(this.dataSource, async (manager): Promise<AccessChangeOutcome> => {
      await this.lockAdministrators(manager, now);
      const user = await lockUser(manager, id);
      if (!user || user.deletedAt !== null) return { kind: 'unknown' };
      const changed: UserRow = {
        ...user,
        role: changes.role ?? user.role,
        disabled: changes.disabled ?? user.disabled,
        grants: changes.grants ?? user.grants,
      };
      if (isActiveAdmin(user) && !isActiveAdmin(changed) && (await this.isLastAdmin(manager))) {
        return { kind: 'last-admin' };
      }
      if (changed.disabled && !user.disabled) {
        Object.assign(changed, invalidation(user, now));
        await revokeSessions(manager, id, now);
      }
      const { role, disabled, grants, tokenVersion, tokensValidAfter } = changed;
      await manager
        .getRepository(UserEntity)
        .update({ id }, { role, disabled, grants, tokenVersion, tokensValidAfter });
      return { kind: 'changed', user: changed };
    });
  }

  /**
   * Closes an account for good: ends its sessions and keys, takes the person's name and address out of it, and
   * promises the erasure of all the rest. Closing twice is the same as once. False, with nothing done, when it
   * would leave other users without an administrator.
   */
  async close(id: string, now: number): Promise<boolean> {
    return inTransaction(this.dataSource, async (manager) => {
      await this.lockAdministrators(manager, now);
      const user = await lockUser(manager, id);
      if (!user || user.deletedAt !== null) return true;
      if (isActiveAdmin(user) && (await this.isLastAdmin(manager))) {
        const everyone = await manager.getRepository(UserEntity).countBy({ deletedAt: IsNull() });
        if (everyone > 1) return false;
        // The last person leaves: whoever registers next starts anew.
        await manager.getRepository(InstanceClaimEntity).delete({ name: FIRST_ADMIN });
      }
      const emptied = { email: '', emailKey: `deleted:${id}`, name: '', passwordHash: null, settings: {}, grants: [] };
      await manager
        .getRepository(UserEntity)
        .update({ id }, { ...emptied, disabled: true, deletedAt: now, ...invalidation(user, now) });
      await revokeSessions(manager, id, now);
      await manager.getRepository(ApiKeyEntity).delete({ userId: id });
      await manager.getRepository(AccountErasureEntity).insert({ userId: id, requestedAt: now, attempts: 0 });
      return true;
    });
  }

  private async lockAdministrators(manager: EntityManager, now: number): Promise<void> {
    await manager
      .getRepository(InstanceClaimEntity)
      .upsert({ name: ADMINISTRATORS_LOCK, claimedAt: now }, { conflictPaths: ['name'] });
  }

  private async isLastAdmin(manager: EntityManager): Promise<boolean> {
    const admins = { role: 'admin', disabled: false, deletedAt: IsNull() } as const;
    return (await manager.getRepository(UserEntity).countBy(admins)) <= 1;
  }
}
