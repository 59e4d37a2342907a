import { Injectable, Logger } from '@nestjs/common';
import type { ApiKeyScope, Principal } from '../../common/auth/principal.js';
import { InvalidInputError } from '../../common/errors/domain.error.js';
import { Clock } from '../../common/time/clock.js';
import { AccountsCache } from './accounts-cache.js';
import { apiKeyHash, apiKeyId, createApiKey } from './api-key.js';
import { ApiKeysRepository, type ApiKeyRow } from './api-keys.repository.js';
import { countAuthAttempt } from './auth-metrics.js';
import { ApiKeyNotFoundError, OwnSessionNeededError, TooManyApiKeysError } from './auth.errors.js';
import { ExpiringCache } from './expiring-cache.js';
import { sameDigest } from './keyed-hash.js';
import { calendarOf } from './user-settings.js';
import { isUsable } from './user-row.js';

/** Another replica notices a deleted key after this time. */
const TTL_MS = 2000;
const MAX_CACHED = 10_000;
const MAX_KEYS_PER_USER = 100;
/** The time of last use is written at most this often. */
const TOUCH_INTERVAL_MS = 60_000;

export interface ApiKeyRequest {
  name: string;
  scopes: ApiKeyScope[];
  /** Epoch milliseconds. */
  expiresAt: number | null;
}

@Injectable()
export class ApiKeysService {
  private readonly logger = new Logger(ApiKeysService.name);
  private readonly cache: ExpiringCache<ApiKeyRow | null>;
  private readonly touchedAt = new Map<string, number>();

  constructor(
    private readonly keys: ApiKeysRepository,
    private readonly accounts: AccountsCache,
    private readonly clock: Clock,
  ) {
    this.cache = new ExpiringCache((id) => keys.findById(id), { ttlMs: TTL_MS, max: MAX_CACHED });
  }

  /** The new key; its clear text exists only in this answer. */
  async create(caller: Principal, request: ApiKeyRequest): Promise<ApiKeyRow & { key: string }> {
    assertOwnSession(caller);
    const now = this.clock.now();
    if (request.expiresAt !== null && request.expiresAt <= now) {
      throw new InvalidInputError('expiresAt must be in the future', [
        { path: 'expiresAt', message: 'expiresAt must be in the future' },
      ]);
    }
    if ((await this.keys.count(caller.userId)) >= MAX_KEYS_PER_USER) throw new TooManyApiKeysError(MAX_KEYS_PER_USER);
    const { id, key, prefix, secretHash } = createApiKey();
    const row: ApiKeyRow = {
      id,
      userId: caller.userId,
      name: request.name,
      prefix,
      secretHash,
      scopes: [...new Set(request.scopes)],
      createdAt: now,
      expiresAt: request.expiresAt,
      lastUsedAt: null,
    };
    await this.keys.create(row);
    this.logger.log(`API key ${id} created by user ${caller.userId}`);
    return { ...row, key };
  }

  async list(caller: Principal): Promise<ApiKeyRow[]> {
    assertOwnSession(caller);
    return this.keys.list(caller.userId);
  }

  /** @throws ApiKeyNotFoundError for an unknown key and another user's alike. */
  async delete(caller: Principal, id: string): Promise<void> {
    assertOwnSession(caller);
    if (!(await this.keys.delete(caller.userId, id))) throw new ApiKeyNotFoundError();
    this.cache.forget(id);
    this.logger.log(`API key ${id} deleted by user ${caller.userId}`);
  }

  /** Who the key speaks for, or null when it is worth nothing (any more). */
  async authenticate(key: string): Promise<Principal | null> {
    const principal = await this.principalOf(key);
    countAuthAttempt('api_key', principal ? 'success' : 'failure');
    return principal;
  }

  private async principalOf(key: string): Promise<Principal | null> {
    const id = apiKeyId(key);
    const row = id === null ? null : await this.cache.get(id);
    if (!row || !sameDigest(row.secretHash, apiKeyHash(key))) return null;
    const now = this.clock.now();
    if (row.expiresAt !== null && row.expiresAt <= now) return null;
    const { user } = await this.accounts.get(row.userId);
    if (!user || !isUsable(user)) return null;
    this.touch(row, now);
    const { id: userId, email, role, grants } = user;
    return { kind: 'apiKey', userId, email, role, grants, ...calendarOf(user.settings), scopes: row.scopes };
  }

  private touch(row: ApiKeyRow, now: number): void {
    const touchedAt = this.touchedAt.get(row.id) ?? row.lastUsedAt ?? 0;
    if (now - touchedAt < TOUCH_INTERVAL_MS) return;
    if (this.touchedAt.size >= MAX_CACHED) this.touchedAt.clear();
    this.touchedAt.set(row.id, now);
    // Not awaited: a note for the owner is no reason to fail or delay a request.
    this.keys
      .touch(row.id, now)
      .catch((error: unknown) => this.logger.warn(`Last use of API key ${row.id} was not noted: ${String(error)}`));
  }
}

/**
 * A key acts with all the rights of its maker, so a token minted elsewhere, which stands for a plain user, may not
 * make one. Nor may a key make keys.
 */
function assertOwnSession(caller: Principal): void {
  if (caller.kind !== 'session' || caller.sessionId === undefined) throw new OwnSessionNeededError();
}
