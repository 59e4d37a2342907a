import type { OnModuleInit } from '@nestjs/common';
import { BackgroundJob } from '../jobs/background-job.js';
import type { Schedule, ScheduleService } from './schedule.service.js';

/** How often a subclass looks whether its work is due. */
export const LOOK_INTERVAL_MS = 300_000;

/**
 * Work by the clock that is carried out here, under a lease: once among all replicas, and made up for when it was missed or failed. A
 * subclass lets `look` be called now and then, by overriding it with a decorator.
 */
export abstract class ScheduledWorkJob extends BackgroundJob implements OnModuleInit {
  protected abstract readonly schedule: Pick<Schedule, 'name' | 'description'> & { cron: string };
  private isAsked = false;

  constructor(private readonly schedules: ScheduleService) {
    super();
  }

  onModuleInit(): void {
    const { name } = this.schedule;
    this.schedules.register({
      ...this.schedule,
      // Not waited for: it may take long, and tells of its end by itself.
      begin: async () => void this.run(),
      recordsItself: true,
      lastRun: () => this.schedules.lastCarriedOut(name),
    });
  }

  /** Does it if it is due. Never rejects. */
  look(): Promise<void> {
    return super.run();
  }

  /** Does it now. Never rejects. */
  override run(): Promise<void> {
    this.isAsked = true;
    return super.run();
  }

  protected async work(signal: AbortSignal): Promise<void> {
    const { name, cron } = this.schedule;
    const asked = this.isAsked;
    this.isAsked = false;
    const isDone = await this.schedules.carryOut(name, asked ? null : cron, async (lost) => {
      const stopping = AbortSignal.any([lost, signal]);
      try {
        await this.carryOut(stopping);
        // What was stopped half way is still due.
        stopping.throwIfAborted();
      } finally {
        // Who asked while it was being done has got it.
        this.isAsked = false;
      }
    });
    // Somebody asked while it was found not to be due.
    if (!isDone && !asked && this.isAsked) await this.work(signal);
  }

  /** `signal` is aborted when the server stops, or another replica may take over. */
  protected abstract carryOut(signal: AbortSignal): Promise<void>;
}
