import { Injectable } from '@nestjs/common';
import { Clock } from '../../common/time/clock.js';
import { LeaseService } from '../lease/lease.service.js';
import { nextRunAfter } from './cron-time.js';
import { ScheduledRunsRepository } from './scheduled-runs.repository.js';

const LEASE_MS = 30_000;

/**
 * Begins what is due by the clock, once among all replicas, and makes up for one run that was missed while none of them was
 * running. When a thing is due is kept in SQL, so a restart changes nothing.
 */
@Injectable()
export class ScheduleService {
  constructor(
    private readonly runs: ScheduledRunsRepository,
    private readonly leases: LeaseService,
    private readonly clock: Clock,
  ) {}

  /**
   * Call it now and then; it calls `begin` when the thing is due, and also when it was never done. `begin` should only hand the
   * work to a queue, under a name by which a second call is recognized: a crash right after it leads to one.
   *
   * @param cron expression in UTC
   * @returns whether `begin` was called
   */
  async runIfDue(name: string, cron: string, begin: () => Promise<unknown>): Promise<boolean> {
    if (!(await this.isDue(name, cron))) return false;
    let begun = false;
    await this.leases.withLease(`schedule:${name}`, LEASE_MS, async () => {
      // Another replica may have been faster.
      if (!(await this.isDue(name, cron))) return;
      await begin();
      await this.runs.recordRun(name, this.clock.now());
      begun = true;
    });
    return begun;
  }

  private async isDue(name: string, cron: string): Promise<boolean> {
    const now = this.clock.now();
    const last = await this.runs.findLastRun(name);
    if (last === null) return true;
    // The clock was ahead when that was written; as it stands the thing would not be due for as long as it was ahead.
    if (last > now) await this.runs.recordRun(name, now);
    return nextRunAfter(cron, Math.min(last, now)) <= now;
  }
}
