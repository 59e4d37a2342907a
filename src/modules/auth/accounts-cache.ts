import { Inject, Injectable } from '@nestjs/common';
import { AUTH_CONFIG, type AuthConfig } from '../../config/app.config.js';
import { AccountErasuresRepository } from './account-erasures.repository.js';
import { secretsOf } from './auth-secrets.js';
import { ExpiringCache } from './expiring-cache.js';
import { keyedHash } from './keyed-hash.js';
import type { UserRow } from './user-row.js';
import { UsersRepository } from './users.repository.js';

/** Other replicas notice a change after this time; the process that made it, at once. */
const TTL_MS = 5000;
const MAX_ENTRIES = 20_000;

export interface KnownAccount {
  user: UserRow | null;
  /** There was a user of this id, whose account has been erased. */
  erased: boolean;
}

/** Accounts by id, for the check that every request needs. */
@Injectable()
export class AccountsCache {
  private readonly cache: ExpiringCache<KnownAccount>;

  constructor(
    users: UsersRepository,
    erasures: AccountErasuresRepository,
    @Inject(AUTH_CONFIG) private readonly config: AuthConfig,
  ) {
    const load = async (userId: string): Promise<KnownAccount> => {
      const user = await users.findById(userId);
      return { user, erased: user === null && (await erasures.isErased(this.subjectHashes(userId))) };
    };
    this.cache = new ExpiringCache(load, { ttlMs: TTL_MS, max: MAX_ENTRIES });
  }

  get(userId: string): Promise<KnownAccount> {
    return this.cache.get(userId);
  }

  forget(userId: string): void {
    this.cache.forget(userId);
  }

  /** What stays of an id after its erasure. */
  subjectHash(userId: string): string {
    return this.subjectHashes(userId)[0]!;
  }

  private subjectHashes(userId: string): string[] {
    return secretsOf(this.config).map((secret) => keyedHash(secret, 'erased-account', userId));
  }
}
