import { spawn, type ChildProcessByStdio } from 'node:child_process';
import type { Readable, Writable } from 'node:stream';

export interface ProgramOptions {
  cwd: string;
  /** The whole environment: nothing is inherited. */
  env: Record<string, string>;
  /** Milliseconds. */
  timeLimit: number;
  signal: AbortSignal;
}

export type ProgramEnd = 'done' | 'failed' | 'late' | 'missing';

/**
 * A program that was started, with its output to read. It and everything that it started are ended when the time is over or
 * the signal says so: a process group of its own makes that possible.
 */
export class Program {
  private readonly child: ChildProcessByStdio<Writable, Readable, null>;
  private readonly timer: NodeJS.Timeout;
  private readonly stop = () => this.kill();
  private isLate = false;
  private isMissing = false;
  /** Settles when the program has ended. */
  readonly ended: Promise<ProgramEnd>;

  constructor(command: string, args: readonly string[], { cwd, env, timeLimit, signal }: ProgramOptions) {
    this.child = spawn(command, args, { cwd, env, detached: true, stdio: ['pipe', 'pipe', 'ignore'] });
    // A program that ends early reads no more; its exit code says why.
    this.child.stdin.on('error', () => undefined);
    this.timer = setTimeout(() => {
      this.isLate = true;
      this.kill();
    }, timeLimit);
    signal.addEventListener('abort', this.stop);
    if (signal.aborted) this.kill();
    this.ended = new Promise((resolve) => {
      this.child.once('error', () => {
        this.isMissing = true;
      });
      this.child.once('close', (code) => {
        clearTimeout(this.timer);
        signal.removeEventListener('abort', this.stop);
        resolve(this.isMissing ? 'missing' : this.isLate ? 'late' : code === 0 ? 'done' : 'failed');
      });
    });
  }

  get input(): Writable {
    return this.child.stdin;
  }

  get output(): Readable {
    return this.child.stdout;
  }

  /** Ends the program when a reader has had enough. */
  kill(): void {
    const { pid, exitCode, signalCode } = this.child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It has ended by itself meanwhile.
    }
  }
}

/** Runs a program to its end; its output goes nowhere. */
export async function runProgram(
  command: string,
  args: readonly string[],
  options: ProgramOptions,
): Promise<ProgramEnd> {
  const program = new Program(command, args, options);
  program.input.end();
  program.output.resume();
  const end = await program.ended;
  options.signal.throwIfAborted();
  return end;
}
