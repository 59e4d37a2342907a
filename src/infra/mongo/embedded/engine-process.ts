import { spawn, type ChildProcess } from 'node:child_process';
import type { EngineCommand } from './engine-command.js';

const KEPT_OUTPUT_CHARS = 2_000;

export interface EngineLog {
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

/** Why an engine did not open its folder: it could not be loaded, another one has the folder, or opening failed. */
export class EngineProcessError extends Error {
  override readonly name = 'EngineProcessError';

  constructor(
    readonly kind: 'load' | 'locked' | 'open',
    message: string,
  ) {
    super(message);
  }
}

type EngineMessage =
  { type: 'loaded' } | { type: 'open' } | { type: 'failed'; kind: 'load' | 'locked' | 'open'; message: string };

/** One run of the engine's process, from its start to its end. */
export class EngineProcess {
  /** Resolves when the folder is open and the socket answers; rejects with an EngineProcessError. */
  readonly opened: Promise<void>;
  /** Resolves, in words, when the process is gone: `exit code 1`, `SIGKILL`. Never rejects. */
  readonly ended: Promise<string>;
  private loaded = false;
  private output = '';

  private constructor(private readonly child: ChildProcess) {
    this.ended = new Promise((resolve) => {
      child.once('close', (code, signal) => resolve(signal ?? `exit code ${code}`));
      child.once('error', (error) => {
        // No process came to be; an error of one that runs (a signal not delivered) does not end it.
        if (child.pid === undefined) resolve(error.message);
      });
    });
    this.opened = new Promise((resolve, reject) => {
      child.on('message', (message: EngineMessage) => {
        this.loaded = true;
        if (message.type === 'open') resolve();
        if (message.type === 'failed') reject(new EngineProcessError(message.kind, message.message));
      });
      void this.ended.then((how) => {
        const said = this.output.trim();
        // Before it is loaded the folder is not touched: a processor or a library the binary cannot work with.
        const kind = this.loaded ? 'open' : 'load';
        reject(new EngineProcessError(kind, `its process ended (${how})${said ? `: ${said}` : ''}`));
      });
    });
    // Whoever waits hears of a failure; a process that is stopped before anyone waits is no failure.
    this.opened.catch(() => undefined);
  }

  static start(
    command: EngineCommand,
    options: { folder: string; socketPath: string; lockWaitMs: number; log: EngineLog },
  ): EngineProcess {
    const { folder, socketPath, lockWaitMs, log } = options;
    const child = spawn(command.file, [...command.args, folder, socketPath, String(lockWaitMs)], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      // The engine needs nothing of the environment: no secrets, and no NODE_OPTIONS meant for the server.
      env: {},
    });
    const engine = new EngineProcess(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        engine.output = (engine.output + text).slice(-KEPT_OUTPUT_CHARS);
        log.warn(`Embedded MongoDB engine: ${text.trim()}`);
      });
    }
    return engine;
  }

  get pid(): number | undefined {
    return this.child.pid;
  }

  /** Asks for a clean close and waits for it; after `limitMs` the process is killed. True when it closed by itself. */
  async close(limitMs: number): Promise<boolean> {
    let killed = false;
    const timer = setTimeout(() => {
      killed = true;
      this.child.kill('SIGKILL');
    }, limitMs);
    // Fails only when the process is on its way out already.
    if (this.child.connected) this.child.send('close', () => undefined);
    await this.ended;
    clearTimeout(timer);
    return !killed;
  }
}
