import { Inject, Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../../common/time/clock.js';
import { WHOOP_CONFIG, type WhoopConfig } from '../../../config/app.config.js';
import { WhoopClient, type CallOptions } from '../api/whoop.client.js';
import { mapProfile } from '../records/record-mapping.js';
import { VendorRecordError } from '../records/vendor-record.js';
import { WhoopRecordStoreRepository } from '../records/whoop-record-store.repository.js';
import type { ProfileRow } from '../records/whoop-rows.js';
import { WhoopNotConfiguredError, WhoopReauthorisationError, WhoopUnavailableError } from '../whoop.errors.js';
import { WhoopGrantRepository } from './whoop-grant.repository.js';
import { WhoopVault } from './whoop-vault.service.js';

/** A state is good for ten minutes. */
export const STATE_TTL_MS = 600_000;

export interface LinkState {
  /** Whose records are shown, also when the grant is gone; null: nobody was ever linked. */
  memberId: string | null;
  hasCredentials: boolean;
  hasAccessToken: boolean;
  hasRefreshToken: boolean;
  /** Everything is there that a sync needs, as far as one knows without asking WHOOP. */
  isLinked: boolean;
  needsReauthorisation: boolean;
}

/** Who is linked, and whether WHOOP can be asked. */
@Injectable()
export class WhoopLinksService {
  private readonly logger = new Logger(WhoopLinksService.name);

  constructor(
    private readonly grants: WhoopGrantRepository,
    private readonly vault: WhoopVault,
    private readonly client: WhoopClient,
    private readonly store: WhoopRecordStoreRepository,
    private readonly clock: Clock,
    @Inject(WHOOP_CONFIG) private readonly config: WhoopConfig,
  ) {}

  async state(): Promise<LinkState> {
    const grant = await this.vault.load();
    const hasCredentials = this.config.clientId !== undefined && this.config.clientSecret !== undefined;
    const hasRefreshToken = grant !== null && grant.refreshToken !== null;
    const needsReauthorisation = grant !== null && grant.reauthReason !== null;
    return {
      memberId: grant?.memberId ?? null,
      hasCredentials,
      hasAccessToken: grant !== null && grant.accessToken !== null,
      hasRefreshToken,
      isLinked: hasCredentials && hasRefreshToken && !needsReauthorisation,
      needsReauthorisation,
    };
  }

  /** @throws WhoopNotConfiguredError, WhoopReauthorisationError */
  async assertLinked(): Promise<void> {
    const { hasCredentials, hasRefreshToken, needsReauthorisation } = await this.state();
    if (!hasCredentials) throw new WhoopNotConfiguredError('credentials');
    if (needsReauthorisation) throw new WhoopReauthorisationError();
    if (!hasRefreshToken) throw new WhoopNotConfiguredError();
  }

  /** Asks WHOOP who the member is, and remembers it. @throws what `WhoopClient` throws */
  async refreshProfile(options: CallOptions): Promise<ProfileRow> {
    const link = await this.grants.find();
    const profile = this.read(await this.client.profile(options));
    // Somebody may have ended the link meanwhile, or made another one: whose profile that is, is not known then.
    if (link === null || !(await this.store.saveLinkedProfile(profile, link))) throw new WhoopNotConfiguredError();
    return profile;
  }

  /** Takes over the refresh token of the environment; without a key to keep it, that is said and nothing happens. */
  async importSeed(): Promise<void> {
    try {
      if (await this.vault.importSeed()) this.logger.log('Took over WHOOP_REFRESH_TOKEN');
    } catch (error) {
      this.logger.error(
        `WHOOP_REFRESH_TOKEN was not taken over: ${error instanceof Error ? error.message : 'unknown error'}`,
      );
    }
  }

  async forgetOldStates(): Promise<void> {
    await this.grants.deleteStatesBefore(this.clock.now() - STATE_TTL_MS);
  }

  private read(json: unknown): ProfileRow {
    try {
      return mapProfile(json, this.clock.now());
    } catch (error) {
      if (!(error instanceof VendorRecordError)) throw error;
      throw new WhoopUnavailableError('WHOOP answered with a profile that is none');
    }
  }
}
