import { randomBytes } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { isAdmin, type Principal } from '../../common/auth/principal.js';
import { UnauthenticatedError } from '../../common/errors/domain.error.js';
import { Clock } from '../../common/time/clock.js';
import { AUTH_CONFIG, type AuthConfig } from '../../config/app.config.js';
import { AccountsCache } from './accounts-cache.js';
import { countAuthAttempt } from './auth-metrics.js';
import { EmailTakenError, NoAccountError, RegistrationClosedError, WeakPasswordError } from './auth.errors.js';
import { emailKey } from './email.js';
import { PasswordHasher } from './password-hasher.js';
import { passwordProblem } from './password-rules.js';
import { isUsable, type UserRow } from './user-row.js';
import type { SettingsChanges, UserSettings } from './user-settings.js';
import { UsersRepository } from './users.repository.js';

export interface Registration {
  email: string;
  name: string;
  password: string;
}

/** Accounts and their profiles. */
@Injectable()
export class AccountsService {
  private readonly logger = new Logger(AccountsService.name);

  constructor(
    private readonly users: UsersRepository,
    private readonly hasher: PasswordHasher,
    private readonly cache: AccountsCache,
    private readonly clock: Clock,
    @Inject(AUTH_CONFIG) private readonly config: AuthConfig,
  ) {}

  /**
   * Makes an account; the first one is the administrator's. The password is hashed before the e-mail is looked up,
   * so that the time does not tell whether it is taken.
   * @throws RegistrationClosedError, WeakPasswordError, EmailTakenError
   */
  async register(caller: Principal | undefined, registration: Registration): Promise<UserRow> {
    const mayRegister = this.config.registration === 'open' || (caller !== undefined && isAdmin(caller));
    if (!mayRegister && (await this.users.hasFirstUser())) throw this.closed();
    this.assertGoodPassword('password', registration.password);
    const passwordHash = await this.hasher.hash(registration.password);
    const email = registration.email.trim();
    const user = await this.create(
      {
        id: randomBytes(12).toString('hex'),
        email,
        emailKey: emailKey(email),
        name: registration.name.trim(),
        passwordHash,
        createdAt: this.clock.now(),
      },
      !mayRegister,
    );
    this.cache.forget(user.id);
    countAuthAttempt('register', 'success');
    this.logger.log(`Registered user ${user.id} as ${user.role}`);
    return user;
  }

  /** The caller's own account. @throws NoAccountError for a token minted elsewhere whose user has no account here. */
  async get(caller: Principal): Promise<UserRow> {
    return this.usable(await this.users.findById(caller.userId));
  }

  /** Those that a user has at this moment; none for a token minted elsewhere whose user has no account here. */
  async settingsOf(userId: string): Promise<UserSettings> {
    return (await this.users.findById(userId))?.settings ?? {};
  }

  /** `null`: nobody has registered with this e-mail, or the account cannot be used. */
  async findByEmail(email: string): Promise<UserRow | null> {
    return usableOrNull(await this.users.findByEmailKey(emailKey(email)));
  }

  /** `null`: there is no such account, or it cannot be used. */
  async find(userId: string): Promise<UserRow | null> {
    return usableOrNull(await this.users.findById(userId));
  }

  async updateProfile(caller: Principal, changes: { name?: string; settings?: SettingsChanges }): Promise<UserRow> {
    const user = this.usable(
      await this.users.updateProfile(caller.userId, { name: changes.name?.trim(), settings: changes.settings }),
    );
    this.cache.forget(user.id);
    return user;
  }

  /** @throws WeakPasswordError */
  assertGoodPassword(path: string, password: string): void {
    const problem = passwordProblem(password, { blocklist: this.config.passwordBlocklist });
    if (problem !== null) throw new WeakPasswordError(path, problem);
  }

  private async create(user: Parameters<UsersRepository['create']>[0], onlyFirst: boolean): Promise<UserRow> {
    try {
      const created = await this.users.create(user, onlyFirst);
      if (created) return created;
    } catch (error) {
      if (error instanceof EmailTakenError) countAuthAttempt('register', 'failure');
      throw error;
    }
    throw this.closed();
  }

  private closed(): RegistrationClosedError {
    countAuthAttempt('register', 'failure');
    return new RegistrationClosedError();
  }

  private usable(user: UserRow | null): UserRow {
    if (user === null) throw new NoAccountError();
    if (!isUsable(user)) throw new UnauthenticatedError();
    return user;
  }
}

function usableOrNull(user: UserRow | null): UserRow | null {
  return user !== null && isUsable(user) ? user : null;
}
