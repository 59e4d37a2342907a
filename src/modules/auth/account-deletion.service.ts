import { Injectable, Logger } from '@nestjs/common';
import type { Principal } from '../../common/auth/principal.js';
import { Clock } from '../../common/time/clock.js';
import { AccountAccessRepository } from './account-access.repository.js';
import { AccountErasureJob } from './account-erasure.job.js';
import { AccountsCache } from './accounts-cache.js';
import { LastAdminError } from './auth.errors.js';
import { LoginLimitsService } from './login-limits.service.js';
import { PasswordsService } from './passwords.service.js';

/** Closes accounts; their data is erased by `account-erasure.job.ts`. */
@Injectable()
export class AccountDeletionService {
  private readonly logger = new Logger(AccountDeletionService.name);

  constructor(
    private readonly passwords: PasswordsService,
    private readonly access: AccountAccessRepository,
    private readonly limits: LoginLimitsService,
    private readonly cache: AccountsCache,
    private readonly job: AccountErasureJob,
    private readonly clock: Clock,
  ) {}

  /**
   * Closes the caller's account: from now on its tokens, keys and sessions are refused and its e-mail is free. The
   * erasure of its data begins at once and survives a restart.
   * @throws WrongPasswordError, TooManyAttemptsError, LastAdminError when other users would be left without an administrator.
   */
  async close(caller: Principal, password: string, address: string): Promise<void> {
    const { emailKey } = await this.passwords.confirm(caller, password, 'password', address);
    if (!(await this.access.close(caller.userId, this.clock.now()))) throw new LastAdminError();
    this.cache.forget(caller.userId);
    await this.limits.forgetAccount(emailKey);
    this.logger.log(`User ${caller.userId} deleted the account`);
    this.job.start();
  }
}
