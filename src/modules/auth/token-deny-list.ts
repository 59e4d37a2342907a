import { Injectable, Logger } from '@nestjs/common';
import { Clock } from '../../common/time/clock.js';
import { DeniedTokensRepository } from './denied-tokens.repository.js';

/** How often what other replicas denied is fetched, by the first request after that time. */
const SYNC_INTERVAL_MS = 5000;
/** Without the database the list is believed this long; then requests fail rather than let a denied token in. */
const MAX_AGE_MS = 60_000;
/** Clocks of replicas may differ, and a row may become visible late. */
const OVERLAP_MS = 120_000;

/** Access tokens (by their id or their session's) that are refused before they expire; kept in memory. */
@Injectable()
export class TokenDenyList {
  private readonly logger = new Logger(TokenDenyList.name);
  private readonly expiryById = new Map<string, number>();
  private syncedAt: number | null = null;
  private triedAt: number | null = null;
  private syncing?: Promise<void>;

  constructor(
    private readonly tokens: DeniedTokensRepository,
    private readonly clock: Clock,
  ) {}

  /** Denies until `expiresAt` (epoch milliseconds): here at once, in other replicas within seconds. */
  async deny(ids: string[], expiresAt: number): Promise<void> {
    const deniedAt = this.clock.now();
    await this.tokens.add(ids.map((id) => ({ id, deniedAt, expiresAt })));
    for (const id of ids) this.expiryById.set(id, expiresAt);
  }

  async isDenied(ids: string[]): Promise<boolean> {
    await this.refresh();
    return ids.some((id) => this.expiryById.has(id));
  }

  private async refresh(): Promise<void> {
    const now = this.clock.now();
    if (this.triedAt !== null && Math.abs(now - this.triedAt) < SYNC_INTERVAL_MS) return this.syncing;
    this.triedAt = now;
    this.syncing = this.sync(now);
    await this.syncing;
  }

  private async sync(now: number): Promise<void> {
    try {
      const since = this.syncedAt === null ? 0 : this.syncedAt - OVERLAP_MS;
      for (const { id, expiresAt } of await this.tokens.listDeniedAfter(since, now)) this.expiryById.set(id, expiresAt);
      for (const [id, expiresAt] of this.expiryById) if (expiresAt <= now) this.expiryById.delete(id);
      this.syncedAt = now;
    } catch (error) {
      if (this.syncedAt === null || now - this.syncedAt > MAX_AGE_MS) {
        this.triedAt = null;
        throw error;
      }
      this.logger.warn('The list of denied tokens could not be refreshed; the one in memory is still used');
    }
  }
}
