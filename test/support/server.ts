import { spawn, type ChildProcess } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { PATIENT } from './patience.js';

const READY_LINE = /Readiness\s+(http:\/\/[^\s"]+)\/health\/ready/;
/** Not a target: a machine that does other things now and then stands still for many seconds. */
const LIMIT_MS = 60_000;

/** The built server in a process of its own, as a user runs it. */
export class ServerProcess {
  private constructor(
    readonly child: ChildProcess,
    readonly dataDir: string,
    private readonly output: { text: string },
  ) {}

  /** Starts `dist/main.js` on a free port and, unless told otherwise, waits until it is ready. */
  static async start(
    options: {
      env?: Record<string, string>;
      dataDir?: string;
      waitUntilReady?: boolean;
      nodeArguments?: string[];
    } = {},
  ): Promise<ServerProcess> {
    const dataDir = options.dataDir ?? temporaryFolder();
    const child = spawn(process.execPath, [...(options.nodeArguments ?? []), 'dist/main.js'], {
      env: {
        PATH: process.env.PATH,
        HOME: process.env.HOME,
        PORT: '0',
        DATA_DIR: dataDir,
        CACHE_DIR: resolve('.cache'),
        LOG_PRETTY: 'false',
        ...PATIENT,
        ...options.env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    appendFileSync(join(ROOT, 'servers'), `${child.pid}\n`);
    const output = { text: '' };
    child.stdout.on('data', (chunk: Buffer) => (output.text += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output.text += chunk.toString()));
    const server = new ServerProcess(child, dataDir, output);
    if (options.waitUntilReady !== false)
      await server.waitFor(() => server.tryBaseUrl() !== undefined, 'the server to be ready');
    return server;
  }

  get logs(): string {
    return this.output.text;
  }

  get exitCode(): number | null {
    return this.child.exitCode;
  }

  get url(): string {
    const url = this.tryBaseUrl();
    if (url === undefined) throw new Error(`The server is not ready:\n${this.logs}`);
    return url;
  }

  /** Process id of the embedded engine: the server's child that runs engine.mjs. */
  enginePid(): number {
    const children = readFileSync(`/proc/${this.child.pid}/task/${this.child.pid}/children`, 'utf8')
      .trim()
      .split(/\s+/);
    const engine = children.find(
      (pid) => existsSync(`/proc/${pid}`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('engine.mjs'),
    );
    if (engine === undefined) throw new Error('The embedded engine is not running');
    return Number(engine);
  }

  /** Ends the process and waits until it is gone. */
  async stop(signal: NodeJS.Signals = 'SIGTERM'): Promise<number | null> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const exited = new Promise((done) => this.child.once('exit', done));
      this.child.kill(signal);
      await exited;
    }
    return this.child.exitCode;
  }

  async waitForExit(limitMs = LIMIT_MS): Promise<number | null> {
    await this.waitFor(
      () => this.child.exitCode !== null || this.child.signalCode !== null,
      'the server to exit',
      limitMs,
    );
    return this.child.exitCode;
  }

  async waitFor(condition: () => boolean | Promise<boolean>, what: string, limitMs = LIMIT_MS): Promise<void> {
    const end = Date.now() + limitMs;
    while (!(await condition())) {
      if (Date.now() > end) throw new Error(`Waited ${limitMs} ms for ${what}:\n${this.logs.slice(-4000)}`);
      if (what.endsWith('ready') && this.child.exitCode !== null)
        throw new Error(`The server ended:\n${this.logs.slice(-4000)}`);
      await sleep(20);
    }
  }

  private tryBaseUrl(): string | undefined {
    return READY_LINE.exec(this.output.text)?.[1];
  }
}

/** What one run of the tests writes; `global-teardown.mjs` removes it. */
const ROOT = process.env.ALMANAC_TEST_ROOT ?? tmpdir();

/** A new folder that is removed when the tests end. */
export function temporaryFolder(): string {
  return mkdtempSync(join(ROOT, 'data-'));
}
