import { Logger, type BeforeApplicationShutdown } from '@nestjs/common';

/**
 * Work that is done now and then: one run at a time, which ends before the stores close. A subclass gives its `run` a
 * schedule by overriding it with a decorator.
 */
export abstract class BackgroundJob implements BeforeApplicationShutdown {
  protected readonly logger = new Logger(this.constructor.name);
  private readonly stopping = new AbortController();
  private running: Promise<void> | undefined;

  /** A run that is not done when the next one is due takes its place. Never rejects. */
  async run(): Promise<void> {
    if (this.stopping.signal.aborted) return;
    this.running ??= this.runOnce().finally(() => (this.running = undefined));
    await this.running;
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping.abort(new Error('The server is stopping'));
    await this.running;
  }

  /** `signal` is aborted when the server stops. */
  protected abstract work(signal: AbortSignal): Promise<void>;

  /** Tells of a run that failed; the next one tries again. */
  protected abstract report(error: unknown): void;

  private async runOnce(): Promise<void> {
    try {
      await this.work(this.stopping.signal);
    } catch (error) {
      if (!this.stopping.signal.aborted) this.report(error);
    }
  }
}
