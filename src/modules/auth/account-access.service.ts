import { Injectable, Logger, type OnModuleInit } from '@nestjs/common';
import { Administrators } from '../../common/auth/administrators.js';
import type { Principal } from '../../common/auth/principal.js';
import { Clock } from '../../common/time/clock.js';
import { AccountAccessRepository } from './account-access.repository.js';
import { AccountsCache } from './accounts-cache.js';
import { LastAdminError, UserNotFoundError } from './auth.errors.js';
import { isActiveAdmin, type AccessChanges, type UserRow } from './user-row.js';
import { UsersRepository } from './users.repository.js';

/** What administrators do with other people's accounts. Who may call it is the caller's business. */
@Injectable()
export class AccountAccessService implements OnModuleInit {
  private readonly logger = new Logger(AccountAccessService.name);

  constructor(
    private readonly users: UsersRepository,
    private readonly access: AccountAccessRepository,
    private readonly cache: AccountsCache,
    private readonly administrators: Administrators,
    private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.administrators.answerBy(async (userId) => {
      const user = await this.users.findById(userId);
      return user !== null && isActiveAdmin(user);
    });
  }

  /** One page in the order of ids, after the given one. */
  async list(limit: number, afterId: string | null): Promise<UserRow[]> {
    return this.users.list(limit, afterId);
  }

  /** @throws UserNotFoundError, LastAdminError */
  async change(admin: Principal, userId: string, changes: AccessChanges): Promise<UserRow> {
    const outcome = await this.access.change(userId, changes, this.clock.now());
    this.cache.forget(userId);
    if (outcome.kind === 'unknown') throw new UserNotFoundError();
    if (outcome.kind === 'last-admin') throw new LastAdminError();
    const { role, disabled, grants } = outcome.user;
    this.logger.log(
      `Admin ${admin.userId} set user ${userId}: role ${role}, ${disabled ? 'disabled' : 'enabled'}, grants [${grants.join(', ')}]`,
    );
    return outcome.user;
  }
}
