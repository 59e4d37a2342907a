import { createHash, randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Administrators } from '../../../common/auth/administrators.js';
import { Clock } from '../../../common/time/clock.js';
import { HTTP_CONFIG, WHOOP_CONFIG, type HttpConfig, type WhoopConfig } from '../../../config/app.config.js';
import { LeaseService } from '../../../infra/lease/lease.service.js';
import { WhoopOauthClient, type TokenAnswer } from '../api/whoop-oauth.client.js';
import { WHOOP_TIMINGS, type WhoopTimings } from '../api/whoop-timings.js';
import { WhoopRecordStoreRepository } from '../records/whoop-record-store.repository.js';
import type { ProfileRow } from '../records/whoop-rows.js';
import { WhoopSyncRunsRepository } from '../sync/whoop-sync-runs.repository.js';
import { WhoopLinkError, WhoopUnavailableError } from '../whoop.errors.js';
import { WhoopGrantRepository } from './whoop-grant.repository.js';
import { STATE_TTL_MS, WhoopLinksService } from './whoop-links.service.js';
import { WhoopTokensService } from './whoop-tokens.service.js';
import { WhoopVault } from './whoop-vault.service.js';

const CALLBACK_PATH = '/api/whoop/auth/callback';
/** WHOOP takes states of eight characters. */
const STATE_LENGTH = 8;
const REVOCATION_TRIES = 3;
const LINK_LEASE = 'whoop-link';
const LINK_LEASE_MS = 15_000;
const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export interface AuthorizationRequest {
  url: string;
  redirectUri: string;
  state: string;
}

export interface LinkOutcome {
  expiresInSeconds: number;
  scope: string;
}

/** Links the account of a WHOOP member, and ends the link. */
@Injectable()
export class WhoopLinkingService {
  private readonly logger = new Logger(WhoopLinkingService.name);

  constructor(
    private readonly oauth: WhoopOauthClient,
    private readonly vault: WhoopVault,
    private readonly grants: WhoopGrantRepository,
    private readonly links: WhoopLinksService,
    private readonly tokens: WhoopTokensService,
    private readonly store: WhoopRecordStoreRepository,
    private readonly runs: WhoopSyncRunsRepository,
    private readonly administrators: Administrators,
    private readonly leases: LeaseService,
    private readonly clock: Clock,
    @Inject(WHOOP_TIMINGS) private readonly timings: WhoopTimings,
    @Inject(WHOOP_CONFIG) private readonly config: WhoopConfig,
    @Inject(HTTP_CONFIG) private readonly http: Pick<HttpConfig, 'port'>,
  ) {}

  /** @throws WhoopNotConfiguredError, EncryptionKeyMissingError */
  async authorize(userId: string, redirectUri?: string): Promise<AuthorizationRequest> {
    this.vault.assertUsable();
    const state = newState();
    const target = redirectUri ?? this.usualRedirectUri;
    const url = this.oauth.authorizationUrl(target, state);
    await this.grants.addState({ stateHash: hashOf(state), userId, redirectUri: target, createdAt: this.clock.now() });
    return { url, redirectUri: target, state };
  }

  /**
   * The browser comes back with a code, and without credentials. The state tells who asked, and works once, while that one is
   * still an administrator. @throws WhoopLinkError
   */
  async finish(query: { code?: string; state?: string; error?: string }): Promise<LinkOutcome> {
    const asked = await this.takeState(query.state);
    if (asked === null) {
      throw new WhoopLinkError('This link was not asked for, is used up or older than ten minutes; begin again');
    }
    if (!(await this.administrators.include(asked.userId))) {
      throw new WhoopLinkError('Whoever asked for this link is no administrator any more', 'WHOOP_LINK_FORBIDDEN');
    }
    if (query.error !== undefined) throw new WhoopLinkError('WHOOP did not grant access', 'WHOOP_CONSENT_REFUSED');
    if (query.code === undefined) throw new WhoopLinkError('WHOOP sent no code');
    return this.exchange(asked.userId, query.code, asked.redirectUri);
  }

  /** What an administrator copied out of the address of the browser. @throws WhoopLinkError */
  async exchangeCode(
    userId: string,
    request: { code: string; redirectUri?: string; state?: string },
  ): Promise<LinkOutcome> {
    const asked = request.state === undefined ? null : await this.takeState(request.state);
    if (request.state !== undefined && asked?.userId !== userId) {
      throw new WhoopLinkError('The state is not one that you asked for, is used up or older than ten minutes');
    }
    return this.exchange(userId, request.code, request.redirectUri ?? asked?.redirectUri ?? this.usualRedirectUri);
  }

  /** @throws what `WhoopClient` throws */
  async test(): Promise<ProfileRow> {
    return this.links.refreshProfile({ priority: 'interactive' });
  }

  /**
   * Ends the grant at WHOOP and forgets the tokens; the records stay unless `erase`. False: WHOOP did not confirm it, for
   * example since the tokens are no longer good; the member can end it in the WHOOP app.
   */
  async unlink(erase: boolean): Promise<boolean> {
    const isRevoked = await this.revoke();
    await this.grants.deleteTokens(this.clock.now());
    if (erase) await this.eraseData();
    this.logger.log(`The WHOOP account was unlinked${isRevoked ? '' : '; WHOOP did not confirm it'}`);
    return isRevoked;
  }

  /** All records, profiles and syncs; a sync that runs stores nothing more. The grant stays. */
  async eraseData(): Promise<void> {
    await this.runs.deleteAll();
    await this.store.deleteAll();
    await this.grants.forgetMember();
  }

  /** Records and profile of one member; syncs are forgotten when they are of the member who is shown. */
  async eraseMember(memberId: string): Promise<void> {
    const isShown = (await this.grants.find())?.memberId === memberId;
    if (isShown) await this.runs.deleteAll();
    await this.store.deleteMember(memberId);
    if (isShown) await this.grants.forgetMember();
  }

  private async exchange(userId: string, code: string, redirectUri: string): Promise<LinkOutcome> {
    this.vault.assertUsable();
    const answer = await this.alone(async (lost) => {
      const given = await this.oauth.exchangeCode(code, redirectUri);
      if (lost.aborted) throw new WhoopUnavailableError('Linking took too long; begin again');
      if (!hasRefreshToken(given)) {
        throw new WhoopLinkError(
          'WHOOP gave no refresh token: begin again with the authorize URL, whose scopes include offline',
          'WHOOP_NO_REFRESH_TOKEN',
        );
      }
      await this.vault.link(given, { linkedBy: userId });
      return given;
    });
    this.logger.log(`User ${userId} linked a WHOOP account`);
    // Whose account it is; a failure is made up for by the next sync.
    await this.links.refreshProfile({ priority: 'interactive' }).catch((error: unknown) => {
      this.logger.warn(`The profile of the new WHOOP account is fetched later (${String((error as Error).name)})`);
    });
    return { expiresInSeconds: answer.expiresInSeconds, scope: answer.scope };
  }

  /**
   * One link after the other, among all processes: a new grant ends the one before it at WHOOP, so the pair that is stored last
   * must be the one that was given last. The signal says that another one may have begun. @throws WhoopUnavailableError
   */
  private async alone<T>(work: (lost: AbortSignal) => Promise<T>): Promise<T> {
    const deadline = performance.now() + this.timings.linkWaitMs;
    let outcome: { value: T } | undefined;
    const run = async (lost: AbortSignal): Promise<void> => {
      outcome = { value: await work(lost) };
    };
    while (!(await this.leases.withLease(LINK_LEASE, LINK_LEASE_MS, run))) {
      if (performance.now() > deadline) throw new WhoopUnavailableError('WHOOP is being linked by another request');
      await sleep(this.timings.pollMs);
    }
    return outcome!.value;
  }

  private async revoke(): Promise<boolean> {
    try {
      let token = await this.tokens.current();
      for (let tries = 1; ; tries += 1) {
        const outcome = await this.oauth.revoke(token.token);
        if (outcome === 'ended' || tries === REVOCATION_TRIES) return outcome === 'ended';
        // Without these tokens nobody could end the grant any more: what may pass is waited for.
        if (outcome === 'refused') token = await this.tokens.renewed(token.version);
        else await sleep(this.timings.retryDelayMs * tries);
      }
    } catch {
      // Not linked, no longer accepted, or WHOOP is away: there is nothing to revoke with.
      return false;
    }
  }

  private async takeState(state: string | undefined): Promise<{ userId: string; redirectUri: string } | null> {
    return state === undefined ? null : this.grants.takeState(hashOf(state), this.clock.now() - STATE_TTL_MS);
  }

  private get usualRedirectUri(): string {
    return this.config.redirectUri ?? `http://localhost:${this.http.port}${CALLBACK_PATH}`;
  }
}

function hasRefreshToken(answer: TokenAnswer): answer is TokenAnswer & { refreshToken: string } {
  return answer.refreshToken !== null;
}

function newState(): string {
  return Array.from({ length: STATE_LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]!).join('');
}

function hashOf(state: string): string {
  return createHash('sha256').update(state).digest('hex');
}
