import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../common/time/clock.js';
import { tokenRefreshes } from '../api/whoop-metrics.js';
import { WhoopOauthClient, type TokenAnswer } from '../api/whoop-oauth.client.js';
import { WhoopTransport, WhoopTransportError } from '../api/whoop-transport.client.js';
import { WHOOP_TIMINGS, type WhoopTimings } from '../api/whoop-timings.js';
import { WhoopNotConfiguredError, WhoopReauthorisationError, WhoopUnavailableError } from '../whoop.errors.js';
import { WhoopGrantRepository } from './whoop-grant.repository.js';
import { WhoopVault, type Grant } from './whoop-vault.service.js';

/**
 * Renewed so long before it expires: a renewal whose answer was lost is looked into after a minute, and only an access token
 * that is still good then can prove that the refresh token is unused.
 */
const EXPIRY_MARGIN_MS = 5 * 60_000;
/** By the clock, without anybody who waits for it. */
const EARLY_MS = 15 * 60_000;
/** So long a new pair is tried to be stored: after that it is lost, for WHOOP has forgotten the old one. */
const STORE_TRIES = 40;
/** The age of a claim is by the database's clock, a wait by ours, and each look takes a while. */
const CLOCK_GRACE_MS = 1000;
const PROBE_PATH = '/developer/v2/user/profile/basic';

export interface AccessToken {
  token: string;
  version: number;
}

/**
 * The tokens of the grant. WHOOP gives a new pair for each refresh token and forgets the old pair at once, so:
 *
 * - A refresh token is claimed in its row before it is sent. The claim is for one sender and one version, so among all
 *   processes, and after a crash, no token is sent twice.
 * - The new pair is stored before it is used.
 * - A claim without an outcome (the process died, the answer was lost) is looked into when it is old: an access token that has
 *   not expired and is still accepted proves that the refresh token is unused, and it is given back; else the pair is lost, and
 *   the member is asked to link again. Never is it tried again on a chance.
 */
@Injectable()
export class WhoopTokensService {
  private readonly logger = new Logger(WhoopTokensService.name);
  private readonly flights = new Map<number, Promise<AccessToken>>();

  constructor(
    private readonly vault: WhoopVault,
    private readonly grants: WhoopGrantRepository,
    private readonly oauth: WhoopOauthClient,
    private readonly transport: WhoopTransport,
    private readonly clock: Clock,
    @Inject(WHOOP_TIMINGS) private readonly timings: WhoopTimings,
  ) {}

  /** @throws WhoopNotConfiguredError, WhoopReauthorisationError, WhoopUnavailableError */
  async current(): Promise<AccessToken> {
    const grant = await this.load();
    const isFresh = (grant.expiresAt ?? 0) - this.clock.now() > EXPIRY_MARGIN_MS;
    return isFresh && grant.accessToken !== null ? asToken(grant) : this.renewed(grant.version);
  }

  /** Renews what expires soon, so that no request has to. Nothing happens where nobody is linked. @throws like `current` */
  async renewEarly(): Promise<void> {
    const grant = await this.vault.load();
    if (grant === null || grant.refreshToken === null || grant.reauthReason !== null) return;
    if ((grant.expiresAt ?? 0) - this.clock.now() <= EARLY_MS) await this.renewed(grant.version);
  }

  /** What another process has stored since `version`; null: nothing. */
  async newer(version: number): Promise<AccessToken | null> {
    const grant = await this.load();
    return grant.version > version && grant.accessToken !== null ? asToken(grant) : null;
  }

  /** A token that is newer than that of `version`, which WHOOP refused or which expires. One renewal for all who ask. */
  async renewed(version: number): Promise<AccessToken> {
    let flight = this.flights.get(version);
    if (flight === undefined) {
      flight = this.renew(version).finally(() => this.flights.delete(version));
      this.flights.set(version, flight);
    }
    return flight;
  }

  private async renew(version: number): Promise<AccessToken> {
    // By then every claim that stood at the beginning has an outcome or is looked into here.
    const deadline = performance.now() + this.timings.refreshDoubtMs + CLOCK_GRACE_MS;
    for (;;) {
      const isLastLook = performance.now() > deadline;
      const grant = await this.load();
      if (grant.version > version && grant.accessToken !== null) return asToken(grant);
      if (grant.sentForMs === null) {
        const holder = randomUUID();
        if (await this.grants.claimRefresh(grant.version, holder)) return this.send(grant, holder);
      } else if (grant.sentForMs >= this.timings.refreshDoubtMs) await this.lookInto(grant);
      else if (isLastLook) {
        throw new WhoopUnavailableError('The tokens are being renewed by another process');
      } else await sleep(this.timings.pollMs);
    }
  }

  private async send(grant: Grant, holder: string): Promise<AccessToken> {
    const outcome = await this.oauth.refresh(grant.refreshToken!);
    tokenRefreshes.inc({ outcome: outcome.kind });
    switch (outcome.kind) {
      case 'refreshed':
        return this.store(grant, outcome.answer as TokenAnswer & { refreshToken: string });
      case 'not_done':
        await this.grants.release(grant.version, holder);
        throw outcome.error;
      case 'invalid_grant':
        return this.refused(grant, holder);
      case 'unknown':
        // The claim stays, so that it is looked into when whatever is still under way has arrived.
        throw new WhoopUnavailableError(
          'WHOOP did not say whether it renewed the tokens; this is looked into in a minute',
          Math.ceil(this.timings.refreshDoubtMs / 1000),
          'WHOOP_REFRESH_IN_DOUBT',
        );
    }
  }

  private async store(grant: Grant, answer: TokenAnswer & { refreshToken: string }): Promise<AccessToken> {
    for (let attempt = 1; ; attempt++) {
      try {
        if (await this.vault.replace(grant.version, answer)) {
          return { token: answer.accessToken, version: grant.version + 1 };
        }
        // Somebody linked anew meanwhile.
        return asToken(await this.load());
      } catch (error) {
        if (attempt === STORE_TRIES) throw error;
        this.logger.warn('New tokens of WHOOP could not be stored yet; trying again');
        await sleep(Math.min(1000, 50 * attempt));
      }
    }
  }

  /** Not yet proof of a dead grant: a sibling may have been faster, and then its tokens hold. */
  private async refused(grant: Grant, holder: string): Promise<AccessToken> {
    const stored = await this.load();
    if (stored.version > grant.version) return asToken(stored);
    await this.grants.requireReauthorisation(grant.version, holder, 'invalid_grant');
    this.logger.warn('WHOOP refused the refresh token: the account must be linked again');
    throw new WhoopReauthorisationError();
  }

  /** What became of a refresh token that was claimed long ago. Afterwards it is free again, or the grant is given up. */
  private async lookInto(grant: Grant): Promise<void> {
    const isDecisive = grant.accessToken !== null && (grant.expiresAt ?? 0) > this.clock.now();
    const isUnused = isDecisive && (await this.isAccepted(grant.accessToken!));
    if (isUnused) await this.grants.release(grant.version, grant.sentBy!);
    else {
      await this.grants.requireReauthorisation(grant.version, grant.sentBy!, 'refresh_lost');
      this.logger.warn('The outcome of a renewal of tokens at WHOOP was lost: the account must be linked again');
    }
  }

  /** @throws WhoopUnavailableError when WHOOP does not say */
  private async isAccepted(accessToken: string): Promise<boolean> {
    try {
      const headers = { authorization: `Bearer ${accessToken}` };
      const { status } = await this.transport.send({ method: 'GET', path: PROBE_PATH, headers });
      if (status === 401) return false;
      if (status >= 200 && status < 300) return true;
    } catch (error) {
      if (!(error instanceof WhoopTransportError)) throw error;
    }
    throw new WhoopUnavailableError('WHOOP does not answer');
  }

  private async load(): Promise<Grant> {
    const grant = await this.vault.load();
    if (!this.oauth.hasCredentials) throw new WhoopNotConfiguredError('credentials');
    if (grant === null) throw new WhoopNotConfiguredError();
    if (grant.reauthReason !== null) throw new WhoopReauthorisationError();
    if (grant.refreshToken === null) throw new WhoopNotConfiguredError();
    return grant;
  }
}

function asToken({ accessToken, version }: Grant): AccessToken {
  return { token: accessToken!, version };
}
