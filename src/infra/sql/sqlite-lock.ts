/**
 * A first-come, first-served lock. TypeORM's SQLite driver has one connection, so a statement of
 * another request would otherwise join, and be rolled back with, whatever transaction is open on it.
 */
export class SqliteLock {
  private held = false;
  private readonly waiting: (() => void)[] = [];

  constructor(private readonly maxWaitMs: number) {}

  /** Resolves to the function that gives the lock back; rejects with an SQLITE_BUSY error after `maxWaitMs`. */
  acquire(): Promise<() => void> {
    if (!this.held) {
      this.held = true;
      return Promise.resolve(this.releaser());
    }
    return new Promise((resolve, reject) => {
      const grant = (): void => {
        clearTimeout(timer);
        resolve(this.releaser());
      };
      const timer = setTimeout(() => {
        this.waiting.splice(this.waiting.indexOf(grant), 1);
        reject(new SqliteBusyError(this.maxWaitMs));
      }, this.maxWaitMs);
      this.waiting.push(grant);
    });
  }

  private releaser(): () => void {
    let released = false;
    return () => {
      if (released) return;
      released = true;
      const next = this.waiting.shift();
      if (next) next();
      else this.held = false;
    };
  }
}

/** Has the code of the engine's own busy error, so that callers treat both alike. */
export class SqliteBusyError extends Error {
  readonly code = 'SQLITE_BUSY';
  constructor(waitedMs: number) {
    super(`The database was busy for ${waitedMs} ms`);
    this.name = 'SqliteBusyError';
  }
}
