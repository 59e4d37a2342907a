import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../common/time/clock.js';
import { AUTH_CONFIG, type AuthConfig } from '../../config/app.config.js';
import { addressGroup } from './address-group.js';
import { TooManyAttemptsError } from './auth.errors.js';
import { keyedHash } from './keyed-hash.js';
import { LoginAttemptsRepository, type AttemptCounter } from './login-attempts.repository.js';
import {
  ACCOUNT_LIMIT,
  ACCOUNT_MEMORY_MS,
  ADDRESS_LIMIT,
  PAIR_LIMIT,
  pauseMs,
  REGISTER_EMAIL_LIMIT,
  REGISTER_LIMIT,
  secondsUntil,
  WINDOW_MS,
} from './login-policy.js';

/** Counters of one attempt, already raised. */
export interface CountedAttempt {
  address: string;
  account: string;
  pair: string;
}

/**
 * Limits guesses of passwords. A try is counted before the password is looked at, so that many at once are all
 * counted, and taken back when it was right. Kept in SQL: restarts do not reset it and replicas share it.
 */
@Injectable()
export class LoginLimitsService {
  constructor(
    private readonly attempts: LoginAttemptsRepository,
    private readonly clock: Clock,
    @Inject(AUTH_CONFIG) private readonly config: AuthConfig,
  ) {}

  /**
   * Counts a try. `isKnownAddress` is asked only while the account is under attack.
   * @throws TooManyAttemptsError
   */
  async begin(emailKey: string, address: string, isKnownAddress: () => Promise<boolean>): Promise<CountedAttempt> {
    const group = addressGroup(address);
    const ids: CountedAttempt = {
      address: this.id('address', group),
      account: this.id('account', emailKey),
      pair: this.id('pair', `${emailKey}\0${group}`),
    };
    const now = this.clock.now();
    const counters = await this.attempts.find([ids.address, ids.account, ids.pair], now);
    refuse(counters.get(ids.address), ADDRESS_LIMIT - 1, now);
    refuse(counters.get(ids.pair), PAIR_LIMIT - 1, now);
    await this.waitForTurn(ids.account, counters.get(ids.account), now, isKnownAddress);
    const raised = await this.attempts.raise(
      [
        { id: ids.address, lifetimeMs: WINDOW_MS },
        { id: ids.account, lifetimeMs: ACCOUNT_MEMORY_MS },
        { id: ids.pair, lifetimeMs: WINDOW_MS },
      ],
      now,
    );
    refuse(raised.get(ids.address), ADDRESS_LIMIT, now);
    refuse(raised.get(ids.pair), PAIR_LIMIT, now);
    return ids;
  }

  /** The password was right. */
  async succeed(attempt: CountedAttempt): Promise<void> {
    await this.attempts.delete([attempt.account, attempt.pair]);
    await this.attempts.lower([attempt.address]);
  }

  /** The password was never looked at. */
  async takeBack(attempt: CountedAttempt): Promise<void> {
    await this.attempts.lower([attempt.address, attempt.account, attempt.pair]);
  }

  /** @throws TooManyAttemptsError when this address, or anyone with this e-mail, has tried to register too often. */
  async countRegistration(emailKey: string, address: string): Promise<void> {
    const byAddress = this.id('register', addressGroup(address));
    const byEmail = this.id('register-email', emailKey);
    const now = this.clock.now();
    const counters = [byAddress, byEmail].map((id) => ({ id, lifetimeMs: WINDOW_MS }));
    const raised = await this.attempts.raise(counters, now);
    refuse(raised.get(byAddress), REGISTER_LIMIT, now);
    refuse(raised.get(byEmail), REGISTER_EMAIL_LIMIT, now);
  }

  /** Forgets what was counted for an e-mail that is being erased. */
  async forgetAccount(emailKey: string): Promise<void> {
    await this.attempts.delete([this.id('account', emailKey)]);
  }

  addressHash(address: string): string {
    return this.id('known-address', addressGroup(address));
  }

  private async waitForTurn(
    id: string,
    counter: AttemptCounter | undefined,
    now: number,
    isKnownAddress: () => Promise<boolean>,
  ): Promise<void> {
    if (counter === undefined || counter.failures < ACCOUNT_LIMIT || (await isKnownAddress())) return;
    const until = now + pauseMs(counter.failures);
    if (counter.blockedUntil > now) throw new TooManyAttemptsError(secondsUntil(counter.blockedUntil, now));
    if (!(await this.attempts.block(id, now, until))) throw new TooManyAttemptsError(secondsUntil(until, now));
  }

  private id(kind: string, text: string): string {
    return keyedHash(this.config.jwtSecret, `attempts:${kind}`, text);
  }
}

function refuse(counter: AttemptCounter | undefined, limit: number, now: number): void {
  if (counter !== undefined && counter.failures > limit) {
    throw new TooManyAttemptsError(secondsUntil(counter.expiresAt, now));
  }
}
