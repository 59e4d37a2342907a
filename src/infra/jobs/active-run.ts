import { JobAbortedError, type AbortCause } from './job.errors.js';
import type { JobRow } from './job-row.js';

/** One run of a job in this process: its signal, and the time limit of the step it is at. */
export class ActiveRun {
  private readonly controller = new AbortController();
  private timer?: NodeJS.Timeout;
  private onAbandoned: (error: JobAbortedError) => void = () => undefined;
  /** Rejects when the handler has not ended a while after its signal was aborted. */
  readonly abandoned: Promise<never>;
  /** Runs begun since the last progress. */
  attempts: number;

  constructor(
    readonly row: JobRow,
    private readonly stepLimitMs: number,
    private readonly graceMs: number,
  ) {
    this.attempts = row.attempts;
    this.abandoned = new Promise((_, reject) => (this.onAbandoned = reject));
    this.abandoned.catch(() => undefined);
    this.beginStep();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  get abortCause(): AbortCause | undefined {
    return this.signal.aborted ? (this.signal.reason as JobAbortedError).abortCause : undefined;
  }

  beginStep(): void {
    if (this.signal.aborted) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.abort('time-limit'), this.stepLimitMs);
    this.timer.unref();
  }

  abort(cause: AbortCause): void {
    if (this.signal.aborted) return;
    const error = new JobAbortedError(cause);
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.onAbandoned(error), this.graceMs);
    this.timer.unref();
    this.controller.abort(error);
  }

  end(): void {
    clearTimeout(this.timer);
  }
}
