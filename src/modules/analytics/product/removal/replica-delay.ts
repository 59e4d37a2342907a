import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { PROJECT_KNOWN_MS } from '../../../projects/project-cache.js';

/** A request that is being served asks the store a few things, each within 2.5 s, before it begins to write. */
const BEFORE_WRITING_MS = 7000;

/**
 * How long a process may still act on what it knew of a project before. After that, everything it does follows from what
 * is stored now, and the requests it received before have begun to write, so that a seal waits for them.
 */
@Injectable()
export class ReplicaDelay {
  protected readonly milliseconds: number = PROJECT_KNOWN_MS + BEFORE_WRITING_MS;

  /** Resolves when that time has passed since `instant`. */
  async since(instant: Date, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    // Another process, with a clock of its own, may have set the instant.
    const passed = Math.max(0, Date.now() - instant.getTime());
    if (passed < this.milliseconds) await sleep(this.milliseconds - passed, undefined, { signal });
  }
}
