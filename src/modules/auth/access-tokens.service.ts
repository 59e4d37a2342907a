import { Inject, Injectable } from '@nestjs/common';
import { ANONYMOUS_USER_ID, type Principal } from '../../common/auth/principal.js';
import { Clock } from '../../common/time/clock.js';
import { AUTH_CONFIG, type AuthConfig } from '../../config/app.config.js';
import { verifyAccessToken, type AccessTokenClaims } from './access-token.js';
import { AccountsCache } from './accounts-cache.js';
import { countAuthAttempt } from './auth-metrics.js';
import { accessTokenSettings } from './auth-secrets.js';
import { TokenDenyList } from './token-deny-list.js';
import { calendarOf } from './user-settings.js';
import { isUsable } from './user-row.js';

/** Turns access tokens into callers. */
@Injectable()
export class AccessTokensService {
  constructor(
    private readonly accounts: AccountsCache,
    private readonly denyList: TokenDenyList,
    private readonly clock: Clock,
    @Inject(AUTH_CONFIG) private readonly config: AuthConfig,
  ) {}

  /** Who the token speaks for, or null when it is worth nothing (any more). */
  async authenticate(token: string): Promise<Principal | null> {
    const claims = await verifyAccessToken(token, accessTokenSettings(this.config), this.clock.now());
    const principal = claims && (await this.principalOf(claims));
    countAuthAttempt('access_token', principal ? 'success' : 'failure');
    return principal;
  }

  private async principalOf(claims: AccessTokenClaims): Promise<Principal | null> {
    // Nobody may sign in as the built-in owner of what anonymous callers create.
    if (claims.userId === ANONYMOUS_USER_ID) return null;
    const ids = claims.own ? [claims.tokenId, claims.own.sessionId] : [claims.tokenId];
    if (await this.denyList.isDenied(ids)) return null;
    const { user, erased } = await this.accounts.get(claims.userId);
    const calendar = user ? calendarOf(user.settings) : {};
    const token = { kind: 'session' as const, tokenId: claims.tokenId, tokenExpiresAt: claims.expiresAt, ...calendar };
    if (!claims.own) {
      // Minted elsewhere: a plain user, whatever role an account of the same id has here.
      if (erased || (user && !isUsable(user))) return null;
      if (user && claims.issuedAt < Math.floor(user.tokensValidAfter / 1000)) return null;
      return { ...token, userId: claims.userId, email: user?.email ?? claims.email, role: 'user', grants: [] };
    }
    if (!user || !isUsable(user) || user.tokenVersion !== claims.own.tokenVersion) return null;
    const { id: userId, email, role, grants } = user;
    return { ...token, userId, email, role, grants, sessionId: claims.own.sessionId };
  }
}
