import { setImmediate as nextTurn } from 'node:timers/promises';

/** How long a computation goes on before other requests have their turn. */
const LONGEST_TURN_MS = 10;

/** Lets others have the event loop: an `await` of what is there already does not. */
export class EventLoopTurns {
  private since = performance.now();

  /** To be called often; waits for the next turn of the event loop when this one has lasted long enough. */
  async give(): Promise<void> {
    if (performance.now() - this.since < LONGEST_TURN_MS) return;
    await nextTurn();
    this.since = performance.now();
  }
}
