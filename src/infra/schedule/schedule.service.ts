import { Injectable } from '@nestjs/common';
import { NotFoundError } from '../../common/errors/domain.error.js';
import { Clock } from '../../common/time/clock.js';
import { LeaseService } from '../lease/lease.service.js';
import { nextRunAfter } from './cron-time.js';
import { ScheduledRunsRepository } from './scheduled-runs.repository.js';

/** By which one replica at a time does what this schedule is for. */
export const scheduleLease = (name: string) => `schedule:${name}`;
const CLOCK_TOLERANCE_MS = 5 * 60_000;
const LEASE_MS = 30_000;
/** Texts of drivers are for the log. */
const FAILED = 'It failed or was stopped, the log says why; it is still due';

/** A run of what a schedule begins. Epoch milliseconds. */
export interface ScheduleRun {
  /** Such as `completed`, `partial`, `failed` or `running`. */
  outcome: string;
  startedAt: number | null;
  /** `null`: it goes on. */
  endedAt: number | null;
  error: string | null;
}

/** Something that is done by the clock. */
export interface Schedule {
  /** Unique, and part of an address. */
  name: string;
  description: string;
  /** In UTC; `null`: only when somebody asks. */
  cron: string | null;
  /** Hands the work to a queue. May throw a DomainError that says why it cannot be done. */
  begin: () => Promise<unknown>;
  /** What it begins is done by `carryOut`, which keeps account of it. */
  recordsItself?: boolean;
  /** The newest run, by whatever it was begun. */
  lastRun: () => Promise<ScheduleRun | null>;
}

export interface ScheduleState extends Pick<Schedule, 'name' | 'description' | 'cron'> {
  lastRun: ScheduleRun | null;
  /** When it is due next; `null`: never by itself. */
  nextRunAt: number | null;
}

export class ScheduleNotFoundError extends NotFoundError {
  constructor() {
    super('Schedule not found', 'SCHEDULE_NOT_FOUND');
  }
}

/**
 * Begins what is due by the clock, once among all replicas, and makes up for one run that was missed while none of them was
 * running. When a thing is due is kept in SQL, so a restart changes nothing.
 */
@Injectable()
export class ScheduleService {
  private readonly schedules = new Map<string, Schedule>();

  constructor(
    private readonly runs: ScheduledRunsRepository,
    private readonly leases: LeaseService,
    private readonly clock: Clock,
  ) {}

  /** Makes a schedule known to those who look after it. `runIfDue` does not need it. */
  register(schedule: Schedule): void {
    this.schedules.set(schedule.name, schedule);
  }

  /** What is registered, by name. */
  async list(): Promise<ScheduleState[]> {
    const schedules = [...this.schedules.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    return Promise.all(schedules.map((schedule) => this.stateOf(schedule)));
  }

  /**
   * Begins it now, whatever the clock says. It counts as a run: by the clock it is due at the next time after now.
   * @throws ScheduleNotFoundError, and what `begin` throws
   */
  async runNow(name: string): Promise<ScheduleState> {
    const schedule = this.schedules.get(name);
    if (schedule === undefined) throw new ScheduleNotFoundError();
    await schedule.begin();
    if (schedule.recordsItself !== true) await this.runs.recordRun(name, this.clock.now());
    return this.stateOf(schedule);
  }

  /**
   * Call it now and then; it calls `begin` when the thing is due, and also when it was never done. `begin` should only hand the
   * work to a queue, under a name by which a second call is recognized: a crash right after it leads to one.
   *
   * @param cron expression in UTC
   * @returns whether `begin` was called
   */
  async runIfDue(name: string, cron: string, begin: () => Promise<unknown>): Promise<boolean> {
    if (!this.isDue(cron, await this.lastRunOf(name))) return false;
    let begun = false;
    await this.leases.withLease(scheduleLease(name), LEASE_MS, async (_lost, { fencingToken }) => {
      // Another replica may have been faster.
      const last = await this.lastRunOf(name);
      if (!this.isDue(cron, last) || !(await this.runs.claim(name, last, fencingToken))) return;
      await begin();
      await this.runs.recordClaimed(name, fencingToken, this.clock.now());
      begun = true;
    });
    return begun;
  }

  /**
   * Does work that is due, here and now, under the lease. When it fails or is stopped it stays due.
   *
   * @param cron expression in UTC; null: whether or not it is due
   * @param work throws when the signal aborts, which says that the lease is lost
   * @returns whether it was done; what `work` throws is passed on
   */
  async carryOut(name: string, cron: string | null, work: (lost: AbortSignal) => Promise<void>): Promise<boolean> {
    if (cron !== null && !this.isDue(cron, await this.lastRunOf(name))) return false;
    let isDone = false;
    await this.leases.withLease(scheduleLease(name), LEASE_MS, async (lost, { fencingToken }) => {
      const last = await this.lastRunOf(name);
      if (cron !== null && !this.isDue(cron, last)) return;
      if (!(await this.runs.claim(name, last, fencingToken))) return;
      const startedAt = this.clock.now();
      await this.runs.recordStart(name, fencingToken, startedAt);
      const end = (outcome: string, error: string | null) =>
        this.runs.recordEnd(name, fencingToken, { outcome, endedAt: this.clock.now(), error });
      try {
        await work(lost);
      } catch (error) {
        await end('failed', FAILED);
        throw error;
      }
      await this.runs.recordClaimed(name, fencingToken, startedAt);
      await end('completed', null);
      isDone = true;
    });
    return isDone;
  }

  /** The newest run of what `carryOut` does. */
  async lastCarriedOut(name: string): Promise<ScheduleRun | null> {
    return this.runs.findOutcome(name);
  }

  private async stateOf({ name, description, cron, lastRun }: Schedule): Promise<ScheduleState> {
    const begun = await this.runs.findLastRun(name);
    const now = this.clock.now();
    const nextRunAt = cron === null ? null : begun === null ? now : nextRunAfter(cron, Math.min(begun, now));
    return { name, description, cron, lastRun: await lastRun(), nextRunAt };
  }

  private isDue(cron: string, last: number | null): boolean {
    return last === null || nextRunAfter(cron, last) <= this.clock.now();
  }

  private async lastRunOf(name: string): Promise<number | null> {
    const now = this.clock.now();
    const last = await this.runs.findLastRun(name);
    // Clocks of replicas differ a little: one that is behind must not take back what another has just begun.
    if (last === null || last - now <= CLOCK_TOLERANCE_MS) return last;
    // The clock was ahead when that was written; as it stands the thing would not be due for as long as it was ahead.
    await this.runs.correct(name, last, now);
    return now;
  }
}
