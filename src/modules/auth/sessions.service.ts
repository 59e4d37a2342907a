import { randomBytes, randomUUID } from 'node:crypto';
import { Inject, Injectable, Logger } from '@nestjs/common';
import type { Principal } from '../../common/auth/principal.js';
import { Clock } from '../../common/time/clock.js';
import { AUTH_CONFIG, type AuthConfig } from '../../config/app.config.js';
import { signAccessToken } from './access-token.js';
import { AccountsCache } from './accounts-cache.js';
import { countAuthAttempt } from './auth-metrics.js';
import { accessTokenSettings, secretsOf } from './auth-secrets.js';
import { InvalidRefreshTokenError } from './auth.errors.js';
import { firstRefreshToken, judgeRefresh, refreshTokenHash, refreshTokenSession } from './refresh-token.js';
import { SessionsRepository } from './sessions.repository.js';
import { TokenDenyList } from './token-deny-list.js';
import { isUsable, type UserRow } from './user-row.js';

export interface TokenPair {
  accessToken: string;
  refreshToken: string;
  /** Seconds until the access token expires. */
  expiresIn: number;
}

/** Beyond its `exp` an access token is accepted this long (clocks differ), so it must be denied as long. */
const CLOCK_TOLERANCE_MS = 30_000;
/** A rotation lost to a parallel request is judged again; more than this means something is wrong. */
const MAX_ROUNDS = 5;

/** Sign-ins: their access tokens and rotating refresh tokens. */
@Injectable()
export class SessionsService {
  private readonly logger = new Logger(SessionsService.name);

  constructor(
    private readonly sessions: SessionsRepository,
    private readonly accounts: AccountsCache,
    private readonly denyList: TokenDenyList,
    private readonly clock: Clock,
    @Inject(AUTH_CONFIG) private readonly config: AuthConfig,
  ) {}

  /** A new session with its first pair of tokens. */
  async start(user: UserRow, addressHash: string): Promise<TokenPair> {
    const now = this.clock.now();
    const id = randomBytes(16).toString('hex');
    const refreshToken = firstRefreshToken(id);
    await this.sessions.create({
      id,
      userId: user.id,
      currentHash: refreshTokenHash(refreshToken),
      previousHash: null,
      addressHash,
      createdAt: now,
      rotatedAt: now,
      expiresAt: this.refreshExpiry(now),
      revokedAt: null,
    });
    return this.pair(user, id, refreshToken, now);
  }

  /**
   * Exchanges a refresh token for its successor and a new access token. The former token is answered once more
   * within 10 s; any other replaced one ends the session.
   * @throws InvalidRefreshTokenError
   */
  async refresh(token: string | null): Promise<TokenPair> {
    const id = token === null ? null : refreshTokenSession(token);
    if (token === null || id === null) return this.refuse();
    for (let round = 0; round < MAX_ROUNDS; round++) {
      const session = await this.sessions.findById(id);
      if (!session) return this.refuse();
      const now = this.clock.now();
      const verdict = judgeRefresh(id, token, session, secretsOf(this.config), now);
      if (verdict.kind === 'refused') return this.refuse();
      if (verdict.kind === 'reuse') return this.endStolen(id, session.userId, now);
      if (verdict.kind === 'rotate') {
        const next = refreshTokenHash(verdict.child);
        if (!(await this.sessions.rotate(id, session.currentHash, next, now, this.refreshExpiry(now)))) continue;
      }
      // Not from the cache: a refresh must not outlive a change of password in another replica.
      this.accounts.forget(session.userId);
      const { user } = await this.accounts.get(session.userId);
      if (!user || !isUsable(user)) return this.refuse();
      countAuthAttempt('refresh', 'success');
      return this.pair(user, id, verdict.child, now);
    }
    return this.refuse();
  }

  /** Ends the caller's session; its access tokens are refused at once. */
  async end(caller: Principal): Promise<void> {
    const now = this.clock.now();
    if (caller.sessionId !== undefined) await this.deny(caller.sessionId, now);
    if (caller.tokenId !== undefined) {
      const expiresAt = (caller.tokenExpiresAt ?? 0) * 1000 + CLOCK_TOLERANCE_MS;
      await this.denyList.deny([caller.tokenId], Math.max(expiresAt, now));
    }
    this.logger.log(`Signed out user ${caller.userId}`);
  }

  private async deny(sessionId: string, now: number): Promise<void> {
    await this.sessions.revoke(sessionId, now);
    await this.denyList.deny([sessionId], now + this.config.accessTokenSeconds * 1000 + CLOCK_TOLERANCE_MS);
  }

  private async endStolen(sessionId: string, userId: string, now: number): Promise<never> {
    await this.deny(sessionId, now);
    countAuthAttempt('refresh', 'reused');
    this.logger.warn(`A replaced refresh token of user ${userId} was used again; the session is ended`);
    throw new InvalidRefreshTokenError();
  }

  private refuse(): never {
    countAuthAttempt('refresh', 'failure');
    throw new InvalidRefreshTokenError();
  }

  private refreshExpiry(now: number): number {
    return now + this.config.refreshTokenSeconds * 1000;
  }

  private async pair(user: UserRow, sessionId: string, refreshToken: string, now: number): Promise<TokenPair> {
    const { id: userId, email, role, tokenVersion } = user;
    const subject = { userId, email, role, sessionId, tokenVersion };
    const accessToken = await signAccessToken(subject, randomUUID(), accessTokenSettings(this.config), now);
    return { accessToken, refreshToken, expiresIn: this.config.accessTokenSeconds };
  }
}
