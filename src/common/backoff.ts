import { setTimeout as sleep } from 'node:timers/promises';

export interface BackoffOptions {
  firstDelayMs: number;
  maxDelayMs: number;
  /** Ends the waiting; the promise then rejects with the signal's reason. */
  signal: AbortSignal;
  /** Called after each failure. `attempt` counts from 1. */
  onFailure: (error: unknown, attempt: number, nextDelayMs: number) => void;
}

/** Repeats `action` until it succeeds, waiting twice as long each time up to the maximum, with up to 20 % jitter. */
export async function retryForever<T>(action: () => Promise<T>, options: BackoffOptions): Promise<T> {
  let delay = options.firstDelayMs;
  for (let attempt = 1; ; attempt += 1) {
    options.signal.throwIfAborted();
    try {
      return await action();
    } catch (error) {
      options.onFailure(error, attempt, delay);
    }
    await sleep(delay * (0.9 + Math.random() * 0.2), undefined, { signal: options.signal });
    delay = Math.min(delay * 2, options.maxDelayMs);
  }
}
