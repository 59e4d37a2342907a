import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  EmbeddedEngineLockedError,
  EmbeddedEngineStartError,
  EmbeddedEngineUnavailableError,
} from './embedded-mongo.errors.js';
import { engineCommand, type EngineHost } from './engine-command.js';
import { EngineProcess, EngineProcessError, type EngineLog } from './engine-process.js';
import { FolderLock } from './folder-lock.js';

/** The longest path a Unix socket may have on every system here (macOS: 104 bytes with the final NUL). */
const MAX_SOCKET_PATH = 100;
const SOCKET_NAME = 'engine.sock';

const LOCK_WAIT_MS = 4_000;
const LOCK_POLL_MS = 100;
const STOP_LIMIT_MS = 10_000;
const STILL_OPENING_MS = 15_000;

/** An engine that lived this long is started again at once; one that keeps dying is started ever more slowly. */
const STEADY_MS = 2_000;
const FIRST_DELAY_MS = 100;
const LONGEST_DELAY_MS = 3_000;

export interface EmbeddedMongoOptions {
  /** The engine's files go into `mongodb/` inside it. */
  dataDir: string;
  /** For what can be fetched again: the newer C library. */
  cacheDir: string;
  log: EngineLog;
  /** How long a folder in use is waited for: a server that was killed leaves an engine that is about to close. */
  lockWaitMs?: number;
  /** How long a clean close may take; then the process is killed. What was acknowledged is in the journal either way. */
  stopLimitMs?: number;
  /** What the machine says about itself; tests say otherwise. */
  host?: EngineHost;
}

export type EmbeddedMongoState = 'starting' | 'ready' | 'restarting' | 'stopping' | 'stopped';

/**
 * MongoDB's engine in a child process, served on a Unix socket in a private folder. It is started again whenever it
 * dies; `uri` stays the same, so the driver finds it by itself. A process that is merely paused is left alone.
 */
export class EmbeddedMongo {
  /**
   * For the driver; the same for the life of this object. It carries the write concern `{w: 1, j: true}`, with which
   * what is acknowledged survives a kill of the engine; no operation may ask for `w: 'majority'` instead.
   */
  readonly uri: string;
  private readonly socketPath: string;
  private readonly stopping = new AbortController();
  private engine?: EngineProcess;
  private supervision: Promise<void> = Promise.resolve();
  private stopped?: Promise<void>;
  private current: EmbeddedMongoState = 'starting';

  private constructor(
    private readonly options: EmbeddedMongoOptions,
    private readonly folder: string,
    private readonly lock: FolderLock,
    private readonly socketFolder: string,
  ) {
    this.socketPath = join(socketFolder, SOCKET_NAME);
    // Every write waits for the journal unless it says otherwise. This engine waits with `w: 1` alone: a write with
    // `w: 'majority', j: true` is answered before it is in the journal, and is lost if the process is killed then.
    this.uri = uriOf(this.socketPath);
  }

  /**
   * Resolves when the engine answers on its socket.
   *
   * @throws EmbeddedEngineLockedError when another server has the folder
   * @throws EmbeddedEngineUnavailableError when no engine can run on this machine
   * @throws EmbeddedEngineStartError when the folder cannot be opened
   */
  static async start(options: EmbeddedMongoOptions): Promise<EmbeddedMongo> {
    const deadline = Date.now() + (options.lockWaitMs ?? LOCK_WAIT_MS);
    const folder = join(options.dataDir, 'mongodb');
    const lock = await acquireLock(folder, deadline);
    const mongo = new EmbeddedMongo(options, folder, lock, makeSocketFolder());
    try {
      writeFileSync(socketNote(folder), mongo.socketPath, { mode: 0o600 });
      await mongo.open(Math.max(0, deadline - Date.now()));
    } catch (error) {
      mongo.current = 'stopped';
      mongo.cleanUp();
      throw startError(error, folder);
    }
    mongo.supervision = mongo.supervise();
    return mongo;
  }

  /**
   * Where the engine of the server that has the folder listens, for a command that works beside it; `null`: unknown. If
   * that server was killed, nobody may be there.
   */
  static findRunning(dataDir: string): string | null {
    try {
      return uriOf(readFileSync(socketNote(join(dataDir, 'mongodb')), 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      throw error;
    }
  }

  get state(): EmbeddedMongoState {
    return this.current;
  }

  /** Process id of the engine that runs now; absent while there is none. */
  get pid(): number | undefined {
    return this.engine?.pid;
  }

  /** Closes the engine cleanly, within the time limit, and gives the folder free. May be called more than once. */
  stop(): Promise<void> {
    this.stopped ??= this.shutDown();
    return this.stopped;
  }

  private async shutDown(): Promise<void> {
    this.current = 'stopping';
    this.stopping.abort();
    const closed = await this.closeEngine();
    if (!closed) this.options.log.warn('The embedded MongoDB engine did not close in time and was killed');
    await this.supervision;
    this.cleanUp();
    this.current = 'stopped';
  }

  private async closeEngine(): Promise<boolean> {
    return (await this.engine?.close(this.options.stopLimitMs ?? STOP_LIMIT_MS)) ?? true;
  }

  /** One start of the process: resolves when it is open, leaves no process behind when it fails. */
  private async open(lockWaitMs: number): Promise<void> {
    const { cacheDir, log, host } = this.options;
    const command = await engineCommand({ cacheDir, log, host });
    if (this.stopping.signal.aborted) return;
    const engine = EngineProcess.start(command, { folder: this.folder, socketPath: this.socketPath, lockWaitMs, log });
    this.engine = engine;
    // No limit: after a crash a large folder is repaired first, and killing the engine would only begin that again.
    const impatience = setInterval(
      () => log.warn(`The embedded MongoDB engine is still opening ${this.folder}`),
      STILL_OPENING_MS,
    );
    try {
      await engine.opened;
      if (!this.stopping.signal.aborted) this.current = 'ready';
    } catch (error) {
      await engine.ended;
      this.engine = undefined;
      throw error;
    } finally {
      clearInterval(impatience);
    }
  }

  /** Runs until stop(): waits for the engine to die and starts it again. */
  private async supervise(): Promise<void> {
    let delay = 0;
    while (!this.stopping.signal.aborted) {
      if (this.engine) {
        const began = Date.now();
        const how = await this.engine.ended;
        if (this.stopping.signal.aborted) return;
        this.engine = undefined;
        this.current = 'restarting';
        if (Date.now() - began >= STEADY_MS) delay = 0;
        this.options.log.error(`The embedded MongoDB engine ended (${how}); starting it again`);
      }
      await sleep(delay, undefined, { signal: this.stopping.signal }).catch(() => undefined);
      if (this.stopping.signal.aborted) return;
      delay = Math.min(Math.max(FIRST_DELAY_MS, delay * 2), LONGEST_DELAY_MS);
      await this.reopen();
    }
  }

  private async reopen(): Promise<void> {
    const began = Date.now();
    try {
      await this.open(0);
      if (this.current === 'ready') {
        this.options.log.info(`The embedded MongoDB engine is back after ${Date.now() - began} ms`);
      }
    } catch (error) {
      if (this.stopping.signal.aborted) return;
      this.options.log.error(`${startError(error, this.folder).message} Trying again.`);
    }
  }

  private cleanUp(): void {
    rmSync(this.socketFolder, { recursive: true, force: true });
    rmSync(socketNote(this.folder), { force: true });
    this.lock.release();
  }
}

async function acquireLock(folder: string, deadline: number): Promise<FolderLock> {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    for (;;) {
      const lock = FolderLock.acquire(`${folder}.lock`);
      if (lock instanceof FolderLock) return lock;
      if (Date.now() >= deadline) throw new EmbeddedEngineLockedError(folder, lock.heldBy);
      await sleep(LOCK_POLL_MS);
    }
  } catch (error) {
    throw startError(error, folder);
  }
}

/** Beside the engine's folder: the path of its socket. */
function socketNote(folder: string): string {
  return `${folder}.socket`;
}

function uriOf(socketPath: string): string {
  return `mongodb://${encodeURIComponent(socketPath)}/?directConnection=true&w=1&journal=true`;
}

/** A folder only this user may enter; mkdtemp makes it so. */
function makeSocketFolder(): string {
  const prefix = 'almanac-';
  const fits = Buffer.byteLength(join(tmpdir(), `${prefix}XXXXXX`, SOCKET_NAME)) <= MAX_SOCKET_PATH;
  return mkdtempSync(join(fits ? tmpdir() : '/tmp', prefix));
}

function startError(error: unknown, folder: string): Error {
  if (error instanceof EmbeddedEngineLockedError || error instanceof EmbeddedEngineUnavailableError) return error;
  if (error instanceof EngineProcessError) {
    if (error.kind === 'locked') return new EmbeddedEngineLockedError(folder);
    if (error.kind === 'load') return new EmbeddedEngineUnavailableError(error.message.split('\n')[0]!);
  }
  return new EmbeddedEngineStartError(folder, error instanceof Error ? error.message : String(error));
}
