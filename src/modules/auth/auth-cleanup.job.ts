import { Injectable } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ServerState } from '../../common/lifecycle/server-state.js';
import { Clock } from '../../common/time/clock.js';
import { LeaseService } from '../../infra/lease/lease.service.js';
import { DeniedTokensRepository } from './denied-tokens.repository.js';
import { LoginAttemptsRepository } from './login-attempts.repository.js';
import { SessionsRepository } from './sessions.repository.js';

const HOUR_MS = 3_600_000;

/** Deletes what has expired: sessions, denied tokens, counters of login attempts. */
@Injectable()
export class AuthCleanupJob {
  constructor(
    private readonly sessions: SessionsRepository,
    private readonly tokens: DeniedTokensRepository,
    private readonly attempts: LoginAttemptsRepository,
    private readonly leases: LeaseService,
    private readonly state: ServerState,
    private readonly clock: Clock,
  ) {}

  @Interval('auth-cleanup', HOUR_MS)
  async run(): Promise<void> {
    if (this.state.current !== 'running') return;
    await this.leases.withLease('auth-cleanup', 60_000, async () => {
      const now = this.clock.now();
      await this.sessions.deleteExpired(now);
      await this.tokens.deleteExpired(now);
      await this.attempts.deleteExpired(now);
    });
  }
}
