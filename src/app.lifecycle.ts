import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Server } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ServerState } from './common/lifecycle/server-state.js';
import type { HttpConfig } from './config/app.config.js';

const FORCED_EXIT_MARGIN_MS = 3000;

export interface Running {
  app: NestFastifyApplication;
  extraServers: Server[];
  /** Called last, when the stores' connections are closed: ends the embedded engine. */
  stopEngine: () => Promise<void>;
}

/**
 * Takes SIGTERM and SIGINT: readiness turns 503 at once, new requests are served for the drain, then the
 * listener closes, running requests finish, stores close, exit 0. A second signal, or exceeding the time
 * limits, ends the process with 1. A fault that nobody caught does the same: its state is unknown.
 */
export class ServerLifecycle {
  private readonly logger = new Logger('Almanac');
  private running?: Running;
  private stopping = false;

  constructor(private readonly config: HttpConfig) {
    process.on('SIGTERM', () => void this.onSignal('SIGTERM'));
    process.on('SIGINT', () => void this.onSignal('SIGINT'));
    process.on('uncaughtException', (error) => this.onFault(error));
    process.on('unhandledRejection', (reason) => this.onFault(reason));
  }

  /** From now on a signal shuts these down in order; before, it only ends the process. */
  manage(running: Running): void {
    this.running = running;
    if (this.stopping) void this.shutDown(0);
  }

  private async onSignal(signal: string): Promise<void> {
    if (this.stopping) {
      this.logger.error(`${signal} again: exiting at once`);
      process.exit(1);
    }
    this.stopping = true;
    this.logger.log(`${signal}: stopping`);
    if (this.running !== undefined) await this.shutDown(this.config.drainMs);
  }

  private async shutDown(drainMs: number): Promise<void> {
    const { app, extraServers, stopEngine } = this.running!;
    this.forceExitAfter(drainMs + this.config.shutdownTimeoutMs + FORCED_EXIT_MARGIN_MS);
    try {
      app.get(ServerState).markDraining();
      await sleep(drainMs);
      for (const server of extraServers) server.close();
      await Promise.race([app.close(), sleep(this.config.shutdownTimeoutMs, undefined, { ref: false })]);
      await stopEngine();
      this.logger.log('Stopped');
      process.exit(0);
    } catch (error) {
      this.logger.error('Stopping failed', error instanceof Error ? error.stack : String(error));
      process.exit(1);
    }
  }

  private onFault(reason: unknown): void {
    this.logger.fatal('Unexpected fault, stopping', reason instanceof Error ? reason.stack : String(reason));
    if (this.running === undefined || this.stopping) process.exit(1);
    this.stopping = true;
    const { app, stopEngine } = this.running;
    this.forceExitAfter(FORCED_EXIT_MARGIN_MS);
    app.get(ServerState).markDraining();
    // The state is unknown, so nothing is drained; the engine is still closed cleanly.
    void stopEngine().finally(() => process.exit(1));
  }

  private forceExitAfter(ms: number): void {
    setTimeout(() => {
      this.logger.error('Stopping took too long: exiting');
      process.exit(1);
    }, ms).unref();
  }
}
