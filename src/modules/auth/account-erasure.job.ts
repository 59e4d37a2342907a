import { setTimeout as sleep } from 'node:timers/promises';
import { Injectable, Logger, type OnApplicationBootstrap, type BeforeApplicationShutdown } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { AccountErasure } from '../../common/lifecycle/account-erasure.js';
import { ServerState } from '../../common/lifecycle/server-state.js';
import { Clock } from '../../common/time/clock.js';
import { LeaseService } from '../../infra/lease/lease.service.js';
import { AccountErasuresRepository } from './account-erasures.repository.js';
import { AccountsCache } from './accounts-cache.js';

/** Only its holder erases. */
export const ERASURE_LEASE = 'account-erasure';
/** Short, both: an erasure whose process was killed goes on elsewhere, or after the next start, within seconds. */
const LEASE_MS = 10_000;
const RETRY_INTERVAL_MS = 5000;
/** Longer than a replica believes what it has cached of an account (5 s), plus a write that it may have begun. */
const REPLICAS_KNOW_MS = 8000;

/** Carries out promised erasures: at once, after a restart, and again until every store has done its part. */
@Injectable()
export class AccountErasureJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(AccountErasureJob.name);
  private running: Promise<void> | null = null;
  private again = false;
  private readonly stopping = new AbortController();

  constructor(
    private readonly erasures: AccountErasuresRepository,
    private readonly handlers: AccountErasure,
    private readonly leases: LeaseService,
    private readonly cache: AccountsCache,
    private readonly state: ServerState,
    private readonly clock: Clock,
  ) {}

  onApplicationBootstrap(): void {
    void this.state.whenRunning.then(() => this.start());
  }

  // Before the stores close: a step of an erasure still needs them.
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(new Error('The server is stopping'));
    await this.running;
  }

  @Interval('account-erasure', RETRY_INTERVAL_MS)
  retry(): void {
    if (this.state.current === 'running') this.start();
  }

  /** Begins a run, or another one after the run that is going on. Never throws. */
  start(): void {
    if (this.running) {
      this.again = true;
      return;
    }
    this.running = this.run()
      .catch((error: unknown) => this.logger.warn(`Erasures are tried again later: ${String(error)}`))
      .finally(() => {
        this.running = null;
        if (this.again && !this.stopping.signal.aborted) {
          this.again = false;
          this.start();
        }
      });
  }

  /** One pass over all promised erasures; resolves when it is done or another replica is at it. */
  async run(): Promise<void> {
    if ((await this.erasures.list()).length === 0) return;
    await this.leases.withLease(ERASURE_LEASE, LEASE_MS, async (lost) => {
      const signal = AbortSignal.any([lost, this.stopping.signal]);
      for (const userId of await this.erasures.list()) {
        if (signal.aborted) return;
        await this.erase(userId, signal);
      }
    });
  }

  /** A failure concerns this account only: the promise stays, and the next pass tries again. */
  private async erase(userId: string, signal: AbortSignal): Promise<void> {
    try {
      await this.erasures.countAttempt(userId);
      const startedAt = performance.now();
      const replicasKnow = () =>
        sleep(Math.max(0, startedAt + REPLICAS_KNOW_MS - performance.now()), undefined, { signal });
      for (const [, eraseData] of this.handlers.list()) {
        await eraseData(userId, signal, replicasKnow);
        signal.throwIfAborted();
      }
      await this.erasures.finish(userId, this.cache.subjectHash(userId), this.clock.now());
      this.cache.forget(userId);
      this.logger.log('Erased an account and its data');
    } catch (error) {
      if (signal.aborted) return;
      this.logger.error(`An account could not be erased yet: ${String(error)}`);
    }
  }
}
