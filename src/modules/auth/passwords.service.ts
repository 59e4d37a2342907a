import { Injectable, Logger } from '@nestjs/common';
import type { Principal } from '../../common/auth/principal.js';
import { Clock } from '../../common/time/clock.js';
import { AccountsCache } from './accounts-cache.js';
import { AccountsService } from './accounts.service.js';
import { countAuthAttempt, type AuthAttemptKind } from './auth-metrics.js';
import { InvalidCredentialsError, TooManyAttemptsError, WrongPasswordError } from './auth.errors.js';
import { emailKey } from './email.js';
import { LoginLimitsService } from './login-limits.service.js';
import { PasswordHasher } from './password-hasher.js';
import { SessionsRepository } from './sessions.repository.js';
import { isUsable, type UserRow } from './user-row.js';
import { UsersRepository } from './users.repository.js';

/** Proof of a password, under the login limits. */
@Injectable()
export class PasswordsService {
  private readonly logger = new Logger(PasswordsService.name);

  constructor(
    private readonly users: UsersRepository,
    private readonly sessions: SessionsRepository,
    private readonly hasher: PasswordHasher,
    private readonly limits: LoginLimitsService,
    private readonly accounts: AccountsService,
    private readonly cache: AccountsCache,
    private readonly clock: Clock,
  ) {}

  /**
   * The user of these credentials. An unknown e-mail, a wrong password and a disabled account look alike and
   * take the same time.
   * @throws InvalidCredentialsError, TooManyAttemptsError, PasswordHashingBusyError
   */
  async signIn(email: string, password: string, address: string): Promise<UserRow> {
    const key = emailKey(email);
    const user = await this.users.findByEmailKey(key);
    if (!(await this.prove('login', key, user, password, address)) || !user) throw new InvalidCredentialsError();
    return user;
  }

  /** @throws WrongPasswordError naming the field `path`, TooManyAttemptsError, PasswordHashingBusyError */
  async confirm(caller: Principal, password: string, path: string, address: string): Promise<UserRow> {
    const user = await this.accounts.get(caller);
    if (!(await this.prove('password', user.emailKey, user, password, address))) throw new WrongPasswordError(path);
    return user;
  }

  /** Sets a new password and ends all sessions, this one included. */
  async change(caller: Principal, current: string, next: string, address: string): Promise<void> {
    this.accounts.assertGoodPassword('new', next);
    const user = await this.confirm(caller, current, 'current', address);
    await this.users.changePassword(user.id, await this.hasher.hash(next), this.clock.now());
    this.cache.forget(user.id);
    this.logger.log(`User ${user.id} changed the password; all sessions are ended`);
  }

  private async prove(
    kind: AuthAttemptKind,
    key: string,
    user: UserRow | null,
    password: string,
    address: string,
  ): Promise<boolean> {
    const attempt = await this.begin(kind, key, user, address);
    let right: boolean;
    try {
      right = await this.hasher.verify(user?.passwordHash ?? null, password);
    } catch (error) {
      await this.limits.takeBack(attempt);
      throw error;
    }
    if (!right || !user || !isUsable(user)) {
      countAuthAttempt(kind, 'failure');
      this.logger.warn(`Refused a ${kind} attempt${user ? ` for user ${user.id}` : ''}`);
      return false;
    }
    await this.limits.succeed(attempt);
    await this.strengthen(user, password);
    countAuthAttempt(kind, 'success');
    this.logger.log(`Accepted a ${kind} of user ${user.id}`);
    return true;
  }

  private async begin(kind: AuthAttemptKind, key: string, user: UserRow | null, address: string) {
    const isKnownAddress = async (): Promise<boolean> =>
      user !== null && this.sessions.hasAddress(user.id, this.limits.addressHash(address));
    try {
      return await this.limits.begin(key, address, isKnownAddress);
    } catch (error) {
      if (error instanceof TooManyAttemptsError) countAuthAttempt(kind, 'limited');
      throw error;
    }
  }

  /** An old hash (bcrypt, weaker parameters) is replaced while the password is at hand. */
  private async strengthen(user: UserRow, password: string): Promise<void> {
    if (user.passwordHash === null || !this.hasher.needsRehash(user.passwordHash)) return;
    await this.users.replaceHash(user.id, user.passwordHash, await this.hasher.hash(password));
  }
}
