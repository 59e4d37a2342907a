import { setImmediate as yieldToEventLoop } from 'node:timers/promises';

const SLICE_MS = 10;

/** Long work in slices, between which requests are served. */
export class Slices {
  private end = performance.now() + SLICE_MS;

  /** To be awaited between steps of a few milliseconds at most. @throws the signal's reason when the work is to stop. */
  async pause(signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    if (performance.now() < this.end) return;
    await yieldToEventLoop();
    this.end = performance.now() + SLICE_MS;
  }
}
