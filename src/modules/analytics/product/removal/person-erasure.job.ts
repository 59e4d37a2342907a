import { Injectable, Logger, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Interval } from '@nestjs/schedule';
import { ServerState } from '../../../../common/lifecycle/server-state.js';
import { LeaseService } from '../../../../infra/lease/lease.service.js';
import { PersonErasureService } from './person-erasure.service.js';
import { PersonErasuresRepository } from './person-erasures.repository.js';

const LEASE_MS = 30_000;
const RETRY_INTERVAL_MS = 60_000;

/** Keeps the promises to erase persons: at once, after a restart, and again every minute until they are kept. */
@Injectable()
export class PersonErasureJob implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly logger = new Logger(PersonErasureJob.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> | null = null;
  private again = false;

  constructor(
    private readonly erasures: PersonErasuresRepository,
    private readonly service: PersonErasureService,
    private readonly leases: LeaseService,
    private readonly state: ServerState,
  ) {}

  onApplicationBootstrap(): void {
    void this.state.whenRunning.then(() => this.start());
  }

  // Before the stores close: a step of an erasure still needs them.
  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(new Error('The server is stopping'));
    await this.running;
  }

  @Interval('person-erasures', RETRY_INTERVAL_MS)
  retry(): void {
    if (this.state.current === 'running') this.start();
  }

  /** Begins a run, or another one after the run that is going on. Never throws. */
  start(): void {
    if (this.stopping.signal.aborted) return;
    if (this.running) {
      this.again = true;
      return;
    }
    this.again = false;
    this.running = this.run()
      .catch((error: unknown) => this.logger.warn(`Erasures of persons are tried again later: ${String(error)}`))
      .finally(() => {
        this.running = null;
        if (this.again) this.start();
      });
  }

  /** Resolves when no promise is left, or another replica is at it. */
  async run(): Promise<void> {
    if ((await this.erasures.listProjects()).length === 0) return;
    await this.leases.withLease('person-erasures', LEASE_MS, async (lost) => {
      const signal = AbortSignal.any([lost, this.stopping.signal]);
      for (const projectKey of await this.erasures.listProjects()) {
        if (signal.aborted) return;
        await this.eraseIn(projectKey, signal);
      }
    });
  }

  /** A failure concerns this project only: its promises stay, and the next run begins again. */
  private async eraseIn(projectKey: string, signal: AbortSignal): Promise<void> {
    try {
      while (!signal.aborted && (await this.service.erase(projectKey, signal)));
    } catch (error) {
      if (signal.aborted) return;
      this.logger.error(`Persons could not be erased yet: ${String(error)}`);
    }
  }
}
