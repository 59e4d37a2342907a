import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/clock.js';
import { WHOOP_CONFIG, type WhoopConfig } from '../../../config/app.config.js';
import { SealedValueError } from '../../../infra/crypto/secret-box.errors.js';
import { SecretBox } from '../../../infra/crypto/secret-box.js';
import type { TokenAnswer } from '../api/whoop-oauth.client.js';
import { WhoopGrantRepository, type GrantRow, type PairOrigin, type SealedPair } from './whoop-grant.repository.js';

const TABLE = 'whoop_grants';
const ROW = 'default';

/** A grant with its tokens in clear; never logged, never answered. */
export interface Grant extends Omit<GrantRow, 'accessToken' | 'refreshToken'> {
  accessToken: string | null;
  refreshToken: string | null;
}

/** Keeps the tokens sealed; whoever reads them here must not write them anywhere. */
@Injectable()
export class WhoopVault {
  constructor(
    private readonly grants: WhoopGrantRepository,
    private readonly box: SecretBox,
    private readonly clock: Clock,
    @Inject(WHOOP_CONFIG) private readonly config: WhoopConfig,
  ) {}

  /** @throws EncryptionKeyMissingError: ask before tokens are fetched that cannot be kept. */
  assertUsable(): void {
    this.box.assertUsable();
  }

  async load(): Promise<Grant | null> {
    const row = await this.grants.find();
    if (row === null) return null;
    try {
      const [accessToken, refreshToken] = [this.open('access_token', row), this.open('refresh_token', row)];
      return { ...row, accessToken, refreshToken };
    } catch (error) {
      if (!(error instanceof SealedValueError)) throw error;
      // The key is another one: the tokens are lost to us, and only a new consent brings others.
      return { ...row, accessToken: null, refreshToken: null, reauthReason: row.reauthReason ?? 'unreadable' };
    }
  }

  /** False: newer tokens are stored already. */
  async replace(version: number, answer: TokenAnswer & { refreshToken: string }): Promise<boolean> {
    return this.grants.replacePair(version, this.sealed(answer), this.clock.now());
  }

  async link(answer: TokenAnswer & { refreshToken: string }, origin: PairOrigin): Promise<void> {
    await this.grants.storePair(this.sealed(answer), origin, this.clock.now());
  }

  /**
   * Takes over `WHOOP_REFRESH_TOKEN` unless it was taken over before: after that WHOOP has given others in its place, and
   * those in the database are the ones that hold. Called once at the start of a process.
   */
  async importSeed(): Promise<boolean> {
    const { refreshToken } = this.config;
    if (refreshToken === undefined) return false;
    const seedHash = createHash('sha256').update(refreshToken).digest('hex');
    if ((await this.grants.find())?.seedHash === seedHash) return false;
    const pair = {
      accessToken: null,
      refreshToken: this.seal('refresh_token', refreshToken),
      expiresAt: 0,
      scope: '',
    };
    return this.grants.storePair(pair, { linkedBy: null, seedHash }, this.clock.now());
  }

  private sealed(answer: TokenAnswer & { refreshToken: string }): SealedPair {
    return {
      accessToken: this.seal('access_token', answer.accessToken),
      refreshToken: this.seal('refresh_token', answer.refreshToken),
      expiresAt: this.clock.now() + answer.expiresInSeconds * 1000,
      scope: answer.scope,
    };
  }

  private seal(column: 'access_token' | 'refresh_token', token: string): string {
    return this.box.seal(token, { table: TABLE, row: ROW, column });
  }

  private open(column: 'access_token' | 'refresh_token', row: GrantRow): string | null {
    const sealed = column === 'access_token' ? row.accessToken : row.refreshToken;
    return sealed === null ? null : this.box.open(sealed, { table: TABLE, row: ROW, column });
  }
}
