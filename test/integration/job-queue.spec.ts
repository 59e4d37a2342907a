import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DataSource } from 'typeorm';
import { UnavailableError } from '../../src/common/errors/domain.error.js';
import { AccountErasure } from '../../src/common/lifecycle/account-erasure.js';
import { AccountExport } from '../../src/common/lifecycle/account-export.js';
import { renderMetrics } from '../../src/common/metrics/metrics.js';
import { JOB_ENTITIES } from '../../src/infra/jobs/jobs.module.js';
import {
  PermanentJobError,
  RunAgain,
  type JobHandler,
  type JobInfo,
  type JobKindOptions,
  type JobQueue,
} from '../../src/infra/jobs/job-queue.js';
import type { JobTimings } from '../../src/infra/jobs/job-timings.js';
import { startJobReplica, type JobReplica, type JobReplicaOptions } from '../support/job-replica.js';
import { RedisServer } from '../support/redis-server.js';
import { sqlTestTargets, type SqlTestDatabase, type SqlTestTarget } from '../support/sql.js';

const sql = await sqlTestTargets();
const postgres = sql.find(({ dialect }) => dialect === 'postgres');

interface Mode {
  name: string;
  target: SqlTestTarget;
  replicas: number;
  redis: boolean;
}

/** The same promises, whoever keeps them. */
const MODES: Mode[] = [
  { name: 'SQLite, in process', target: sql[0]!, replicas: 1, redis: false },
  ...(postgres ? [{ name: 'PostgreSQL, two replicas', target: postgres, replicas: 2, redis: false }] : []),
  ...(postgres && RedisServer.find() !== null
    ? [{ name: 'BullMQ on Redis, two replicas', target: postgres, replicas: 2, redis: true }]
    : []),
];

const QUICK = { backoff: { firstDelayMs: 20, maxDelayMs: 50 } };

/** Looks are frequent. The lease is as usual: on a busy machine a short one would run out under a worker that lives. */
const TIMINGS: Partial<JobTimings> = {
  heartbeatMs: 150,
  upkeepMs: 200,
  lookMs: 100,
  reconcileMs: 300,
  unheardMs: 500,
  abortGraceMs: 300,
};

describe.each(MODES)('the job queue on $name', ({ target, replicas: count, redis: withRedis }) => {
  let database: SqlTestDatabase;
  let dataSource: DataSource;
  let redis: RedisServer | undefined;
  let replicas: JobReplica[] = [];

  beforeAll(async () => {
    if (withRedis) redis = await RedisServer.start();
    database = await target.create();
    dataSource = await database.connect(JOB_ENTITIES);
  });

  afterAll(async () => {
    await database.drop();
    await redis?.kill();
  });

  afterEach(async () => {
    await Promise.all(replicas.map((replica) => replica.close()));
    replicas = [];
    await dataSource.query('DELETE FROM "jobs"');
    // A worker that is stopped leaves its permit to whoever finds it stalled, half a minute later: a job of the next test with
    // the same id would be taken for announced until then.
    await redis?.flush();
  });

  /** Replicas that all run these kinds. */
  async function start(
    kinds: Record<string, JobHandler | [JobHandler, JobKindOptions]>,
    options: JobReplicaOptions & { count?: number } = {},
  ): Promise<JobQueue> {
    const register = (queue: JobQueue) => {
      for (const [kind, entry] of Object.entries(kinds)) {
        const [handler, kindOptions] = typeof entry === 'function' ? [entry, {}] : entry;
        queue.register(kind, handler, kindOptions);
      }
    };
    const started = await Promise.all(
      Array.from({ length: options.count ?? count }, () =>
        startJobReplica(database, register, { redisUrl: redis?.url, timings: TIMINGS, ...options }),
      ),
    );
    replicas.push(...started);
    return started[0]!.queue;
  }

  async function until(what: string, condition: () => boolean | Promise<boolean>, limitMs = 60_000): Promise<void> {
    const end = Date.now() + limitMs;
    while (!(await condition())) {
      if (Date.now() > end) throw new Error(`Waited ${limitMs} ms for ${what}`);
      await sleep(10);
    }
  }

  async function ended(queue: JobQueue, kind: string, id: string, limitMs?: number): Promise<JobInfo> {
    let job: JobInfo | null = null;
    await until(
      `${kind} ${id} to end`,
      async () => {
        job = await queue.find(kind, id);
        return job !== null && !['queued', 'running'].includes(job.state);
      },
      limitMs,
    );
    return job!;
  }

  /** Of all modes so far. */
  async function runsOf(kind: string, outcome: string): Promise<number> {
    const line = `almanac_job_runs_total{kind="${kind}",outcome="${outcome}"} `;
    const found = (await renderMetrics()).split('\n').find((text) => text.startsWith(line));
    return Number(found?.slice(line.length) ?? 0);
  }

  const OWN = { userId: null };
  const of = (userId: string) => ({ userId });

  it('J1 should have a job on disk before it is acknowledged, and run each once', async () => {
    const runs = new Map<string, number>();
    const queue = await start({
      once: [async ({ id }) => void runs.set(id, (runs.get(id) ?? 0) + 1), { concurrency: 4 }],
    });
    const ids = Array.from({ length: 60 }, () => randomUUID());
    await Promise.all(
      ids.map(async (id, i) => {
        const { created } = await replicas[i % count]!.queue.enqueue('once', id, { n: i }, of(`u${i % 3}`));
        expect(created).toBe(true);
        const rows: unknown[] = await dataSource.query(`SELECT 1 FROM "jobs" WHERE "id" = '${id}'`);
        expect(rows).toHaveLength(1);
      }),
    );
    for (const id of ids) expect((await ended(queue, 'once', id)).state).toBe('done');
    expect([...runs.values()]).toEqual(ids.map(() => 1));
  });

  it('J2 should know a job by its id, while it waits, runs and after its end', async () => {
    let runs = 0;
    let finish = (): void => undefined;
    const queue = await start({
      same: async () => {
        runs++;
        await new Promise<void>((resolve) => (finish = resolve));
      },
    });
    const results = await Promise.all(
      Array.from({ length: 8 }, (_, i) => replicas[i % count]!.queue.enqueue('same', 'a', { i }, OWN)),
    );
    expect(results.filter(({ created }) => created)).toHaveLength(1);
    await until('it to run', () => runs === 1);
    expect(await queue.enqueue('same', 'a', {}, OWN)).toMatchObject({ created: false, job: { state: 'running' } });
    finish();
    await ended(queue, 'same', 'a');
    expect(await queue.enqueue('same', 'a', {}, OWN)).toMatchObject({ created: false, job: { state: 'done' } });
    await sleep(300);
    expect(runs).toBe(1);
    expect((await queue.findAll('same', ['a', 'b'])).size).toBe(1);
  });

  it('J3 should try again after a failure, later each time', async () => {
    const attempts: number[] = [];
    const times: number[] = [];
    const queue = await start({
      flaky: [
        async ({ attempt }) => {
          attempts.push(attempt);
          times.push(Date.now());
          if (attempt < 3) throw new Error('not yet');
        },
        { backoff: { firstDelayMs: 200, maxDelayMs: 1000 } },
      ],
    });
    await queue.enqueue('flaky', 'a', {}, OWN);
    expect(await ended(queue, 'flaky', 'a')).toMatchObject({ state: 'done', progress: 100, attempts: 3, error: null });
    expect(attempts).toEqual([1, 2, 3]);
  });

  it('J3 should give a poison job up after 3 attempts, say why without the text of others, and go on', async () => {
    const told: [JobInfo, unknown][] = [];
    let runs = 0;
    const queue = await start({
      poison: [
        async () => {
          runs++;
          throw new Error('password=hunter2 at 10.0.0.1');
        },
        { ...QUICK, onFailed: async (job, payload) => void told.push([job, payload]) },
      ],
      busy: [
        async () => {
          throw new UnavailableError('InfluxDB does not answer', 0, 'INFLUX_DOWN');
        },
        QUICK,
      ],
      final: async () => {
        throw new PermanentJobError('NO_SUCH_ORG', 'The organization is gone');
      },
      good: async () => undefined,
    });
    await queue.enqueue('poison', 'p', { secretOf: 'ann' }, of('ann'));
    await queue.enqueue('busy', 'b', {}, OWN);
    await queue.enqueue('final', 'f', {}, OWN);
    const failed = await ended(queue, 'poison', 'p');
    expect(failed).toMatchObject({ state: 'failed', attempts: 3, error: { code: 'INTERNAL' } });
    expect(JSON.stringify(failed)).not.toContain('hunter2');
    expect(runs).toBe(3);
    await until('the module to be told', () => told.length > 0);
    expect(told).toEqual([[expect.objectContaining({ id: 'p', state: 'failed' }), { secretOf: 'ann' }]]);
    expect((await ended(queue, 'busy', 'b')).error).toEqual({
      code: 'INFLUX_DOWN',
      message: 'InfluxDB does not answer',
    });
    expect(await ended(queue, 'final', 'f')).toMatchObject({ attempts: 1, error: { code: 'NO_SUCH_ORG' } });
    const start5 = Date.now();
    await queue.enqueue('good', 'next', {}, OWN);
    await ended(queue, 'good', 'next');
    expect(Date.now() - start5).toBeLessThan(5000);
    // What it was given is not kept longer than it is of use.
    await until('the payload to be gone', async () => {
      const rows: { payload: string }[] = await dataSource.query(`SELECT "payload" FROM "jobs" WHERE "id" = 'p'`);
      return rows[0]!.payload === '{}';
    });
    expect(told).toHaveLength(1);
  });

  it('J3 should tell the module of a failure until it has listened', async () => {
    let calls = 0;
    const queue = await start({
      poison: [
        async () => {
          throw new PermanentJobError('BROKEN', 'Broken');
        },
        {
          onFailed: async () => {
            calls++;
            if (calls === 1) throw new Error('the store is away');
          },
        },
      ],
    });
    await queue.enqueue('poison', 'p', {}, OWN);
    await until('the first call', () => calls === 1);
    await dataSource.query(`UPDATE "jobs" SET "tell_at" = 0`);
    await until('the second call', () => calls === 2);
  });

  it('J4 should end a step that takes too long, whether or not its handler listens', async () => {
    const reasons: unknown[] = [];
    const queue = await start({
      slow: [
        ({ signal }) =>
          new Promise((_, reject) =>
            signal.addEventListener('abort', () => {
              reasons.push(signal.reason);
              reject(new Error('whatever'));
            }),
          ),
        { stepLimitMs: 150, maxAttempts: 1 },
      ],
      deaf: [() => new Promise<void>(() => undefined), { stepLimitMs: 150, maxAttempts: 1, concurrency: 1 }],
      steps: [
        async ({ saveCheckpoint }) => {
          for (let step = 0; step < 6; step++) {
            await sleep(800);
            await saveCheckpoint({ step });
          }
        },
        { stepLimitMs: 4000, maxAttempts: 1 },
      ],
    });
    await queue.enqueue('slow', 's', {}, OWN);
    await queue.enqueue('deaf', 'd1', {}, OWN);
    await queue.enqueue('deaf', 'd2', {}, OWN);
    await queue.enqueue('steps', 'st', {}, OWN);
    expect((await ended(queue, 'slow', 's')).error).toMatchObject({ code: 'TIME_LIMIT' });
    expect(String(reasons[0])).toContain('took too long');
    expect((await ended(queue, 'deaf', 'd1')).error).toMatchObject({ code: 'TIME_LIMIT' });
    expect((await ended(queue, 'deaf', 'd2')).error).toMatchObject({ code: 'TIME_LIMIT' });
    expect((await ended(queue, 'steps', 'st')).state).toBe('done');
  });

  it('should cancel at once what waits and what runs', async () => {
    const told: string[] = [];
    const reasons: string[] = [];
    let began = 0;
    const before = await runsOf('long', 'cancelled');
    const queue = await start({
      long: [
        ({ signal }) =>
          new Promise<void>((resolve) => {
            began++;
            // Ends well in spite of it: too late to count.
            signal.addEventListener('abort', () => (reasons.push(String(signal.reason)), resolve()));
          }),
        { concurrency: 1, onFailed: async (job) => void told.push(`${job.id} ${job.state} ${job.error?.message}`) },
      ],
    });
    for (let i = 0; i < count; i++) await queue.enqueue('long', `r${i}`, {}, OWN);
    await until('all workers to be busy', () => began === count);
    await queue.enqueue('long', 'waits', {}, OWN);
    expect(await queue.cancel('long', 'waits')).toBe(true);
    expect(await queue.find('long', 'waits')).toMatchObject({ state: 'cancelled', runAt: null });
    // By a replica that may not be the one that runs it.
    for (let i = 0; i < count; i++) expect(await queue.cancel('long', `r${i}`)).toBe(true);
    expect((await queue.find('long', 'r0'))?.state).toBe('cancelled');
    await until('the handlers to be told', () => reasons.length === count);
    await until('the module to be told', () => told.length === count + 1);
    expect(told.sort()[0]).toBe('r0 cancelled cancelled');
    expect(await queue.cancel('long', 'r0')).toBe(false);
    expect(await queue.cancel('long', 'unknown')).toBe(false);
    await sleep(200);
    expect((await queue.find('long', 'r0'))?.state).toBe('cancelled');
    expect(began).toBe(count);
    // Alerts on workers that lose jobs are not for those that somebody cancelled.
    await until('the runs to be counted', async () => (await runsOf('long', 'cancelled')) === before + count);
    expect(await runsOf('long', 'lost')).toBe(0);
  });

  it('should show progress', async () => {
    let finish = (): void => undefined;
    const queue = await start({
      shown: async ({ progress }) => {
        progress(41.9);
        await new Promise<void>((resolve) => (finish = resolve));
      },
    });
    await queue.enqueue('shown', 'a', {}, OWN);
    await until('the progress', async () => (await queue.find('shown', 'a'))?.progress === 41);
    finish();
    expect(await ended(queue, 'shown', 'a')).toMatchObject({ progress: 100 });
  });

  /** One job at a time, the first held until the others are queued: the order in which they run. */
  async function order(enqueueAll: (queue: JobQueue) => Promise<void>, total: number): Promise<string[]> {
    const seen: string[] = [];
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => (release = resolve));
    const queue = await start(
      {
        line: [
          async ({ id }) => {
            if (id === 'first') await held;
            else seen.push(id);
          },
          { concurrency: 1 },
        ],
      },
      { count: 1 },
    );
    await queue.enqueue('line', 'first', {}, { userId: 'first', priority: 9 });
    await until('the first to run', async () => (await queue.find('line', 'first'))?.state === 'running');
    await enqueueAll(queue);
    release();
    await until('all to run', () => seen.length === total);
    return seen;
  }

  it('should run what has priority first', async () => {
    const seen = await order(async (queue) => {
      for (const priority of [1, 9, 5, 0, 7])
        await queue.enqueue('line', `p${priority}`, {}, { userId: 'u', priority });
    }, 5);
    expect(seen).toEqual(['p9', 'p7', 'p5', 'p1', 'p0']);
  });

  it('should be fair among users, however much one of them asks for', async () => {
    const seen = await order(async (queue) => {
      for (let i = 0; i < 12; i++) await queue.enqueue('line', `ann${i}`, {}, of('ann'));
      for (let i = 0; i < 3; i++) await queue.enqueue('line', `bob${i}`, {}, of('bob'));
      await queue.enqueue('line', 'eve', {}, of('eve'));
    }, 16);
    expect(seen.slice(0, 7)).toEqual(['ann0', 'bob0', 'eve', 'ann1', 'bob1', 'ann2', 'bob2']);
    expect(seen.slice(7)).toEqual(Array.from({ length: 9 }, (_, i) => `ann${i + 3}`));
  });

  it('should let no user take all places', async () => {
    let running = 0;
    let most = 0;
    let bob = false;
    const queue = await start({
      shared: [
        async ({ userId }) => {
          if (userId === 'bob') return void (bob = true);
          most = Math.max(most, ++running);
          await sleep(60);
          running--;
        },
        { concurrency: 3, maxRunningPerUser: 1 },
      ],
    });
    for (let i = 0; i < 5; i++) await queue.enqueue('shared', `a${i}`, {}, of('ann'));
    await queue.enqueue('shared', 'b', {}, of('bob'));
    await until('bob', () => bob);
    for (let i = 0; i < 5; i++) await ended(queue, 'shared', `a${i}`);
    expect(most).toBe(1);
  });

  it('J7 should refuse what is too much for one user with 429, and for all with 503', async () => {
    const queue = await start({
      bounded: [() => new Promise<void>(() => undefined), { maxPerUser: 3, maxQueued: 5 }],
    });
    const burst = async (userId: string) => {
      const outcomes = await Promise.allSettled(
        Array.from({ length: 50 }, (_, i) =>
          replicas[i % count]!.queue.enqueue('bounded', `${userId}${i}`, {}, of(userId)),
        ),
      );
      const reasons = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason as Error] : []));
      return { accepted: 50 - reasons.length, codes: [...new Set(reasons.map((error) => (error as any).code))] };
    };
    expect(await burst('ann')).toEqual({ accepted: 3, codes: ['TOO_MANY_JOBS'] });
    expect(await burst('bob')).toEqual({ accepted: 2, codes: ['QUEUE_FULL'] });
    // What is there already is no more work.
    expect((await queue.findAll('bounded', ['ann0', 'ann1', 'ann2', 'ann3'])).size).toBeGreaterThan(0);
    const { id } = [
      ...(
        await queue.findAll(
          'bounded',
          Array.from({ length: 50 }, (_, i) => `ann${i}`),
        )
      ).values(),
    ][0]!;
    expect((await queue.enqueue('bounded', id, {}, of('ann'))).created).toBe(false);
  });

  it('should go on from the last checkpoint, with all attempts', async () => {
    const seen: string[] = [];
    const queue = await start({
      steps: [
        async ({ checkpoint, attempt, saveCheckpoint }) => {
          for (let step = ((checkpoint?.step as number | undefined) ?? 0) + 1; step <= 3; step++) {
            seen.push(`${step}/${attempt}`);
            // Each step fails twice: six failures in all, but never three at one step.
            if (attempt < 3) throw new Error('again');
            await saveCheckpoint({ step });
            if (step < 3) throw new Error('between steps');
          }
        },
        QUICK,
      ],
    });
    await queue.enqueue('steps', 'a', {}, OWN);
    expect((await ended(queue, 'steps', 'a')).state).toBe('done');
    expect(seen).toEqual(['1/1', '1/2', '1/3', '2/2', '2/3', '3/2', '3/3']);
  });

  it('J4 should wait for a time without holding a worker', async () => {
    const seen: string[] = [];
    const queue = await start(
      {
        patient: [
          async ({ id, checkpoint }) => {
            seen.push(id);
            if (checkpoint !== null || !['waits', 'soon'].includes(id)) return;
            return new RunAgain(Date.now() + (id === 'soon' ? 300 : 3_600_000), { waited: true });
          },
          { concurrency: 1 },
        ],
      },
      { count: 1 },
    );
    await queue.enqueue('patient', 'waits', {}, OWN);
    await until(
      'it to wait',
      async () => (await queue.find('patient', 'waits'))?.state === 'queued' && seen.length > 0,
    );
    await queue.enqueue('patient', 'other', {}, OWN);
    await ended(queue, 'patient', 'other');
    const before = Date.now();
    await queue.enqueue('patient', 'soon', {}, OWN);
    await ended(queue, 'patient', 'soon');
    expect(Date.now() - before).toBeGreaterThanOrEqual(300);
    expect((await queue.find('patient', 'waits'))?.state).toBe('queued');
    expect(await queue.runNow('patient', 'waits')).toBe(true);
    await ended(queue, 'patient', 'waits');
    expect(seen).toEqual(['waits', 'other', 'soon', 'soon', 'waits']);
    // Nor before its time from the start on, unless somebody says so.
    await queue.enqueue('patient', 'later', {}, { userId: null, runAt: Date.now() + 3_600_000 });
    await sleep(100);
    expect(seen).not.toContain('later');
    expect(await queue.runNow('patient', 'later')).toBe(true);
    await ended(queue, 'patient', 'later');
    expect(await queue.runNow('patient', 'later')).toBe(true);
    await until('it to run once more', () => seen.filter((id) => id === 'later').length === 2);
  });

  it('J1 should pass on a job whose lease has run out, and count only what its new holder does', async () => {
    const tokens: number[] = [];
    const reasons: string[] = [];
    const queue = await start({
      stalled: async ({ fencingToken, signal }) => {
        tokens.push(fencingToken);
        if (tokens.length > 1) return;
        await new Promise<void>((resolve) =>
          signal.addEventListener('abort', () => (reasons.push(String(signal.reason)), resolve())),
        );
        throw new Error('from one that was left behind');
      },
    });
    await queue.enqueue('stalled', 'a', {}, OWN);
    await until('it to run', () => tokens.length === 1);
    // As if the process had been stopped for longer than its lease.
    await dataSource.query(`UPDATE "jobs" SET "lease_until" = 0, "worker" = 'somebody/1/else'`);
    expect(await ended(queue, 'stalled', 'a')).toMatchObject({ state: 'done', attempts: 2, error: null });
    await until('the first to be told', () => reasons.length === 1);
    expect(tokens[1]).toBeGreaterThan(tokens[0]!);
    await sleep(100);
    expect((await queue.find('stalled', 'a'))?.state).toBe('done');
  });

  it('should give back at a shutdown what does not end in time, as no attempt', async () => {
    const seen: string[] = [];
    const handler: JobHandler = async ({ attempt, signal, checkpoint, saveCheckpoint }) => {
      seen.push(`${attempt} ${JSON.stringify(checkpoint)}`);
      if (seen.length > 1) return;
      await saveCheckpoint({ half: true });
      await new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason as Error)));
    };
    const queue = await start({ interrupted: handler }, { count: 1, shutdownTimeoutMs: 300 });
    await queue.enqueue('interrupted', 'a', {}, OWN);
    await until('it to run', () => seen.length === 1);
    const before = Date.now();
    await replicas.pop()!.close();
    expect(Date.now() - before).toBeLessThan(5000);
    const [row]: any[] = await dataSource.query(`SELECT "state", "attempts" FROM "jobs"`);
    expect([row.state, Number(row.attempts)]).toEqual(['queued', 0]);
    const next = await start({ interrupted: handler }, { count: 1 });
    expect((await ended(next, 'interrupted', 'a')).state).toBe('done');
    expect(seen).toEqual(['1 null', '1 {"half":true}']);
  });

  it('should let a short job end at a shutdown', async () => {
    let done = false;
    const queue = await start(
      {
        short: async () => {
          await sleep(300);
          done = true;
        },
      },
      { count: 1, shutdownTimeoutMs: 5000 },
    );
    await queue.enqueue('short', 'a', {}, OWN);
    await until('it to run', async () => (await queue.find('short', 'a'))?.state === 'running');
    await replicas.pop()!.close();
    expect(done).toBe(true);
    const [row]: any[] = await dataSource.query(`SELECT "state" FROM "jobs"`);
    expect(row.state).toBe('done');
  });

  it('should run a job here that only this process can do, and elsewhere when it is gone', async () => {
    const ran: string[] = [];
    const kindOf = (name: string): [JobHandler, JobKindOptions] => [
      async ({ id, attempt }) => {
        ran.push(`${name} ${id}`);
        if (id === 'twice' && attempt === 1) throw new Error('again');
      },
      QUICK,
    ];
    const here = await start({ kept: kindOf('here') }, { count: 1, processType: 'api' });
    await start({ kept: kindOf('elsewhere') }, { count: 1 });
    for (const id of ['once', 'twice']) await here.enqueue('kept', id, {}, { userId: null, here: true });
    await ended(here, 'kept', 'once');
    await ended(here, 'kept', 'twice');
    expect(ran.sort()).toEqual(['here once', 'here twice', 'here twice']);
    await dataSource.query(
      `INSERT INTO "jobs" ("kind", "id", "state", "payload", "precedence", "turn", "run_at", "attempts", "max_attempts",
         "progress", "token", "keep_ms", "reserved_for", "reserved_until", "created_at")
       VALUES ('kept', 'left', 'queued', '{}', 4, 1, 0, 0, 3, 0, 0, 1000, 'gone', ${Date.now() + 6000}, 0)`,
    );
    await sleep(500);
    expect((await here.find('kept', 'left'))?.state).toBe('queued');
    await ended(here, 'kept', 'left', 30_000);
    expect(ran).toContain('elsewhere left');
  });

  it('should only queue jobs where PROCESS_TYPE=api', async () => {
    const seen: string[] = [];
    const handler: JobHandler = async ({ id }) => void seen.push(id);
    const queue = await start({ left: handler }, { count: 1, processType: 'api' });
    await queue.enqueue('left', 'a', {}, OWN);
    await sleep(500);
    expect(seen).toEqual([]);
    await start({ left: handler }, { count: 1 });
    await ended(queue, 'left', 'a');
  });

  it('L1 should erase and export the jobs of an account', async () => {
    const aborted: string[] = [];
    const queue = await start(
      {
        owned: ({ signal }) =>
          new Promise<void>((resolve) =>
            signal.addEventListener('abort', () => (aborted.push(String(signal.reason)), resolve())),
          ),
      },
      { count: 1 },
    );
    await queue.enqueue('owned', 'hers', { secret: 'x' }, of('ann'));
    await queue.enqueue('owned', 'his', {}, of('bob'));
    await until('both to run', async () => (await queue.find('owned', 'hers'))?.state === 'running');
    const exported: object[] = [];
    const [, rows] = replicas[0]!
      .get(AccountExport)
      .list()
      .find(([name]) => name === 'jobs')!;
    for await (const row of rows('ann')) exported.push(row);
    expect(exported).toEqual([expect.objectContaining({ kind: 'owned', id: 'hers', state: 'running' })]);
    expect(JSON.stringify(exported)).not.toContain('secret');
    const [, erase] = replicas[0]!
      .get(AccountErasure)
      .list()
      .find(([name]) => name === 'jobs')!;
    await erase('ann', new AbortController().signal, () => Promise.resolve());
    expect(await queue.find('owned', 'hers')).toBeNull();
    expect(await queue.find('owned', 'his')).not.toBeNull();
    await until('its handler to be told', () => aborted.length === 1);
  });

  it('should forget ended jobs after their time', async () => {
    const queue = await start({ brief: [async () => undefined, { keepEndedMs: 0 }] }, { count: 1 });
    await queue.enqueue('brief', 'a', {}, OWN);
    await until('it to run', async () => (await queue.find('brief', 'a'))?.state === 'done');
    const { JobUpkeepRepository } = await import('../../src/infra/jobs/job-upkeep.repository.js');
    await replicas[0]!.get(JobUpkeepRepository).deleteEnded();
    expect(await queue.find('brief', 'a')).toBeNull();
  });

  describe('with a worker that dies', () => {
    let worker: ChildProcess | undefined;
    afterEach(() => worker?.kill('SIGKILL'));

    async function spawnWorker(): Promise<string[]> {
      const { location, dialect } = database.config;
      const url = dialect === 'sqlite' ? `sqlite://${location}` : location;
      const child = spawn(process.execPath, ['test/support/job-worker.mjs', url, redis?.url ?? ''], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      worker = child;
      const lines: string[] = [];
      createInterface({ input: child.stdout }).on('line', (line) => lines.push(line));
      return lines;
    }

    it('J1 should run its job elsewhere, at once where its death can be seen', async () => {
      const enqueuer = await start({ doomed: async () => undefined }, { count: 1, processType: 'api' });
      const lines = await spawnWorker();
      await enqueuer.enqueue('doomed', 'a', {}, OWN);
      await until('the worker to begin', () => lines.length > 0);
      worker!.kill('SIGKILL');
      await once(worker!, 'exit');
      expect((await enqueuer.find('doomed', 'a'))?.state).toBe('running');
      const seen: number[] = [];
      await start({ doomed: async ({ attempt }) => void seen.push(attempt) }, { count: 1 });
      const before = Date.now();
      expect(await ended(enqueuer, 'doomed', 'a', 90_000)).toMatchObject({ state: 'done', attempts: 2 });
      expect(Date.now() - before).toBeLessThan(10_000);
      expect(seen).toEqual([2]);
    });

    it('J3 should give up a job that ends its process each time', async () => {
      const told: string[] = [];
      const kind: [JobHandler, JobKindOptions] = [
        async () => undefined,
        { ...QUICK, onFailed: async (job) => void told.push(job.error!.code) },
      ];
      const enqueuer = await start({ doomed: kind }, { count: 1, processType: 'api' });
      await enqueuer.enqueue('doomed', 'p', { exits: true }, OWN);
      // Where others have died of it before, one death is enough to see: processes take their time.
      const first = count === 1 ? 2 : 3;
      await dataSource.query(`UPDATE "jobs" SET "attempts" = ${first - 1}`);
      for (let i = first; i <= 3; i++) {
        const lines = await spawnWorker();
        // All that it said has been read then.
        await once(worker!, 'close');
        expect(lines).toEqual([`began p attempt ${i}`]);
      }
      expect(await ended(enqueuer, 'doomed', 'p', 60_000)).toMatchObject({
        state: 'failed',
        error: { code: 'INTERRUPTED' },
      });
      await until('the module to be told', () => told.length === 1);
      expect(told).toEqual(['INTERRUPTED']);
    }, 60_000);
  });

  if (!withRedis) return;

  describe('while Redis is away', () => {
    it('J5 should refuse with 503 within 2 s, read on, and work again soon after a pause', async () => {
      const seen: string[] = [];
      const queue = await start({ paused: async ({ id }) => void seen.push(id) });
      await queue.enqueue('paused', 'before', {}, OWN);
      await ended(queue, 'paused', 'before');
      redis!.pause();
      try {
        await sleep(1500);
        const times: number[] = [];
        for (let i = 0; i < 3; i++) {
          const before = Date.now();
          await expect(queue.enqueue('paused', `refused${i}`, {}, OWN)).rejects.toMatchObject({
            kind: 'unavailable',
            code: 'QUEUE_UNAVAILABLE',
          });
          times.push(Date.now() - before);
        }
        // What the machine was busy with now and then is not the queue's.
        expect(Math.min(...times)).toBeLessThan(2000);
        expect((await queue.find('paused', 'before'))?.state).toBe('done');
        const before = Date.now();
        await queue.enqueue('paused', 'accepted', {}, { userId: null, withoutRedis: 'accept' });
        expect(Date.now() - before).toBeLessThan(8000);
        await sleep(1500);
        expect(seen).not.toContain('accepted');
      } finally {
        redis!.resume();
      }
      const resumedAt = Date.now();
      await ended(queue, 'paused', 'accepted', 25_000);
      expect(await queue.find('paused', 'refused0')).toBeNull();
      await until('it to accept again', () =>
        queue.enqueue('paused', 'after', {}, OWN).then(
          () => true,
          () => false,
        ),
      );
      await ended(queue, 'paused', 'after', 25_000 - (Date.now() - resumedAt));
    }, 60_000);

    it('J5 should lose nothing when Redis is killed and comes back empty', async () => {
      const seen: string[] = [];
      let hold = true;
      const queue = await start({
        lost: [
          async ({ id }) => {
            while (hold) await sleep(20);
            seen.push(id);
          },
          { concurrency: 1 },
        ],
        waiting: async ({ id, checkpoint }) => {
          if (checkpoint !== null) return void seen.push(id);
          return new RunAgain(Date.now() + 4000, { waited: true });
        },
      });
      for (let i = 0; i < 6; i++) await queue.enqueue('lost', `j${i}`, {}, of(`u${i}`));
      await queue.enqueue('waiting', 'w', {}, OWN);
      await until('it to wait', async () => (await queue.find('waiting', 'w'))?.attempts === 0);
      await redis!.kill();
      await expect(queue.enqueue('lost', 'refused', {}, OWN)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
      await queue.enqueue('lost', 'j6', {}, { userId: 'u6', withoutRedis: 'accept' });
      hold = false;
      await sleep(1000);
      await redis!.start();
      const back = Date.now();
      await until('all to run', () => seen.length === 8);
      expect(Date.now() - back).toBeLessThan(25_000);
      expect(seen.sort()).toEqual(['j0', 'j1', 'j2', 'j3', 'j4', 'j5', 'j6', 'w']);
    }, 90_000);

    it('J5 should start and stop without it', async () => {
      await redis!.kill();
      const seen: string[] = [];
      const queue = await start({ absent: async ({ id }) => void seen.push(id) });
      await expect(queue.enqueue('absent', 'a', {}, OWN)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
      await redis!.start();
      await until('it to accept', () =>
        queue.enqueue('absent', 'a', {}, OWN).then(
          () => true,
          () => false,
        ),
      );
      await ended(queue, 'absent', 'a', 25_000);
      await redis!.kill();
      const before = Date.now();
      await Promise.all(replicas.map((replica) => replica.close()));
      expect(Date.now() - before).toBeLessThan(8000);
      replicas = [];
      await redis!.start();
    }, 90_000);
  });
});
