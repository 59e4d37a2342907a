import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';

const BINARIES = ['/usr/bin/redis-server', '/usr/local/bin/redis-server', '/opt/homebrew/bin/redis-server'];

/** A Redis of a test's own, which may be paused and killed. It keeps nothing on disk. */
export class RedisServer {
  private child?: ChildProcess;

  private constructor(
    readonly port: number,
    private readonly binary: string,
  ) {}

  /** Null, said aloud, where there is no Redis to start; in CI that is a failure. */
  static find(): string | null {
    const binary = BINARIES.find((path) => existsSync(path));
    if (binary === undefined && process.env.CI === 'true') throw new Error('redis-server is required in CI');
    if (binary === undefined)
      process.stderr.write('SKIPPED: suites with a Redis of their own; no redis-server here.\n');
    return binary ?? null;
  }

  static async start(): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), RedisServer.find()!);
    await server.start();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    const folder = mkdtempSync(join(process.env.ALMANAC_TEST_ROOT ?? tmpdir(), 'redis-'));
    const settings = { port: this.port, bind: '127.0.0.1', save: '', appendonly: 'no', dir: folder };
    this.child = spawn(
      this.binary,
      Object.entries(settings).flatMap(([name, value]) => [`--${name}`, String(value)]),
      {
        stdio: 'ignore',
      },
    );
    for (let tries = 0; !(await this.answers()); tries++) {
      if (tries > 200) throw new Error('redis-server does not answer');
      await sleep(25);
    }
  }

  /** Forgets all that it holds. */
  async flush(): Promise<void> {
    const client = new Redis(this.url, { lazyConnect: true });
    await client.connect();
    await client.flushall();
    client.disconnect();
  }

  pause(): void {
    this.child?.kill('SIGSTOP');
  }

  resume(): void {
    this.child?.kill('SIGCONT');
  }

  /** Ends it at once; all that it held is gone. */
  async kill(): Promise<void> {
    const { child } = this;
    this.child = undefined;
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await exited;
  }

  private async answers(): Promise<boolean> {
    const client = new Redis(this.url, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return (await client.ping()) === 'PONG';
    } catch {
      return false;
    } finally {
      client.disconnect();
    }
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
