import { Logger } from '@nestjs/common';
import { JobDispatcher, type DispatchedKind, type RunNext } from './job-dispatcher.js';
import type { HeldJob } from './job-row.js';
import type { JobUpkeepRepository } from './job-upkeep.repository.js';

/**
 * Without Redis: each process looks now and then for kinds with due jobs, and at once for what it queued itself. Several
 * processes on one database share the jobs, since each claim is one statement.
 */
export class PollingDispatcher extends JobDispatcher {
  private readonly logger = new Logger(PollingDispatcher.name);
  private readonly slots = new Map<string, { running: number; limit: number }>();
  private readonly wakings = new Set<NodeJS.Timeout>();
  private next?: RunNext;
  private timer?: NodeJS.Timeout;
  private looking = false;
  private stopped = false;

  constructor(
    private readonly rows: Pick<JobUpkeepRepository, 'dueKinds'>,
    private readonly intervalMs: number,
  ) {
    super();
  }

  start(kinds: readonly DispatchedKind[], next: RunNext, works: boolean): Promise<void> {
    if (!works || this.stopped) return Promise.resolve();
    this.next = next;
    for (const { name, concurrency } of kinds) this.slots.set(name, { running: 0, limit: concurrency });
    this.timer = setInterval(() => void this.look(), this.intervalMs);
    this.timer.unref();
    void this.look();
    return Promise.resolve();
  }

  announce(job: HeldJob, delayMs: number): Promise<void> {
    if (delayMs <= 0) this.fill(job.kind, 1);
    else if (delayMs < this.intervalMs && this.next !== undefined) {
      const waking = setTimeout(() => {
        this.wakings.delete(waking);
        this.fill(job.kind, 1);
      }, delayMs);
      this.wakings.add(waking);
    }
    return Promise.resolve();
  }

  assertReachable(): Promise<void> {
    return Promise.resolve();
  }

  stop(): Promise<void> {
    this.stopped = true;
    clearInterval(this.timer);
    for (const waking of this.wakings) clearTimeout(waking);
    return Promise.resolve();
  }

  private async look(): Promise<void> {
    if (this.looking || this.stopped) return;
    this.looking = true;
    try {
      for (const kind of await this.rows.dueKinds()) this.fill(kind, Infinity);
    } catch (error) {
      this.logger.debug(`Jobs could not be looked for: ${String(error)}`);
    } finally {
      this.looking = false;
    }
  }

  private fill(kind: string, more: number): void {
    const slot = this.slots.get(kind);
    if (slot === undefined) return;
    for (let added = 0; added < more && slot.running < slot.limit && !this.stopped; added++) void this.work(kind, slot);
  }

  private async work(kind: string, slot: { running: number }): Promise<void> {
    slot.running++;
    try {
      while (!this.stopped && (await this.next!(kind)));
    } catch (error) {
      this.logger.warn(`Jobs of kind ${kind} could not be run: ${String(error)}`);
    } finally {
      slot.running--;
    }
  }
}
