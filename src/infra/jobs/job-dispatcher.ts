import type { HeldJob } from './job-row.js';

/** Runs the best job of the kind that is due. False when there was none. */
export type RunNext = (kind: string) => Promise<boolean>;

export interface DispatchedKind {
  name: string;
  concurrency: number;
}

/** How workers learn that jobs are due. It loses nothing that matters: the rows are the truth, and are looked at again. */
export abstract class JobDispatcher {
  /** @param works whether this process runs jobs, or only queues them */
  abstract start(kinds: readonly DispatchedKind[], next: RunNext, works: boolean): Promise<void>;

  /** A job waits, from `delayMs` on. Never rejects: what is not heard of here is found among the rows. */
  abstract announce(job: HeldJob, delayMs: number): Promise<void>;

  /** @throws JobQueueUnreachableError when jobs could not be handed out now */
  abstract assertReachable(): Promise<void>;

  /** No further calls of `next`. Ends within a few seconds, whatever others do. */
  abstract stop(): Promise<void>;
}
