import { randomBytes } from 'node:crypto';
import { ApiClient } from '../support/api-client.js';
import { startTestMongo, type TestMongo } from '../support/mongo.js';
import { RedisServer } from '../support/redis-server.js';
import { hoursOf, readEvents, simulatedHours, untilEnded, workDays, writePoints } from '../support/report-tasks.js';
import { ServerProcess } from '../support/server.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

const postgres = (await sqlTestTargets()).find(({ dialect }) => dialect === 'postgres');
const describeHere = postgres !== undefined && RedisServer.find() !== null ? describe : describe.skip;

const BEN = workDays('ben', ['2025-11-17', '2025-11-18', '2025-11-19'], 7);
const DAY = { org: 'Turbo', users: ['ben'], startDate: '2025-11-19', endDate: '2025-11-19' };
/** Takes a second or two, so that its worker can be killed meanwhile. */
const LARGE = {
  org: 'Turbo',
  users: ['ben', ...Array.from({ length: 49 }, (_, i) => `person ${i}`)],
  startDate: '2025-08-24',
  endDate: '2025-11-23',
};

describeHere('two API processes and a worker on shared stores', () => {
  let mongo: TestMongo;
  let sql: SqlTestDatabase;
  let redis: RedisServer;
  let one: ServerProcess;
  let two: ServerProcess;
  let worker: ServerProcess;
  let token: string;

  const env = (): Record<string, string> => ({
    MONGODB_URI: mongo.uri,
    DATABASE_URL: sql.config.location,
    REDIS_URL: redis.url,
    JWT_SECRET: 'a secret that all the replicas share 0123456789',
    ENCRYPTION_KEY: randomKey,
    RATE_LIMIT_ENABLED: 'false',
  });
  const randomKey = randomBytes(32).toString('base64');
  const start = (processType: string) => ServerProcess.start({ env: { ...env(), PROCESS_TYPE: processType } });
  const on = (server: ServerProcess, accessToken = token): ApiClient => new ApiClient(server.url, accessToken);
  const generate = async (server: ServerProcess, body: object): Promise<string> => {
    const answer = await on(server).post('/api/reports/generate', body);
    expect([answer.status, answer.body.status]).toEqual([202, 'pending']);
    return answer.body.taskId;
  };

  beforeAll(async () => {
    [mongo, sql, redis] = await Promise.all([startTestMongo(), postgres!.create(), RedisServer.start()]);
    // At the same moment, on an empty database: the migrations run once.
    [one, two, worker] = await Promise.all([start('api'), start('api'), start('worker')]);
    token = (await new ApiClient(one.url).register('ann')).accessToken;
    await writePoints(on(one), BEN, 'Turbo');
  }, 120_000);

  afterAll(async () => {
    expect(await Promise.all([one, two, worker].map((server) => server.stop()))).toEqual([0, 0, 0]);
    await Promise.all([mongo.stop(), sql.drop(), redis.kill()]);
  });

  it('should make a report in the worker that was asked for here, and tell of it there', async () => {
    const taskId = await generate(one, DAY);
    const messages = await readEvents(`${two.url}/api/reports/status/${taskId}/events`, token);
    const { body: status } = await untilEnded(on(two), taskId);
    expect(status.status).toBe('completed');
    expect(messages.at(-1)).toEqual(status);
    expect(hoursOf(status.report, 'ben')).toEqual(simulatedHours(BEN, { ...DAY, timeZone: 'UTC' }));
    expect((await on(two).post('/api/reports/generate', DAY)).status).toBe(200);
  });

  it('J1 should finish a report whose worker was killed, once', async () => {
    const taskId = await generate(two, LARGE);
    const sees = async () => (await on(one).get(`/api/reports/status/${taskId}`)).body;
    await one.waitFor(async () => (await sees()).status !== 'pending', 'the worker to begin');
    await worker.stop('SIGKILL');
    worker = await start('worker');
    const { body: status } = await untilEnded(on(one), taskId, 90_000);
    expect(status.status).toBe('completed');
    expect(hoursOf(status.report, 'ben')).toEqual(simulatedHours(BEN, { ...LARGE, timeZone: 'UTC' }));
    const { tasks } = (await on(two).get('/api/reports/tasks?status=completed')).body;
    expect(tasks.filter((task: any) => task.taskId === taskId)).toHaveLength(1);
  }, 120_000);

  it('A7 should end a session everywhere when it is ended in one process', async () => {
    const eve = await new ApiClient(two.url).register('eve');
    expect((await on(one, eve.accessToken).get('/api/auth/me')).status).toBe(200);
    expect((await on(two, eve.accessToken).post('/api/auth/logout', {})).status).toBeLessThan(300);
    const isEnded = async () => (await on(one, eve.accessToken).get('/api/auth/me')).status === 401;
    await one.waitFor(isEnded, 'the other process to refuse the token', 60_000);
  });

  it('A9 should count failed logins of both processes together', async () => {
    const { email } = await new ApiClient(two.url).register('guessed');
    const guess = async (server: ServerProcess, password = 'a wrong guess') =>
      (await new ApiClient(server.url).post('/api/auth/login', { email, password })).status;
    const statuses: number[] = [];
    for (let tries = 0; tries < 10; tries++) statuses.push(await guess(tries % 2 ? one : two));
    expect(statuses).toEqual(Array(10).fill(401));
    expect([await guess(one), await guess(two)]).toEqual([429, 429]);
    expect(await guess(two, 'correct horse battery')).toBe(429);
  });

  it('J6 should show administrators what is done by the clock, and begin it when asked', async () => {
    const { schedules } = (await on(two).get('/api/admin/schedules')).body;
    const refresh = schedules.find(({ name }: any) => name === 'github-refresh');
    // Without a token for GitHub nothing is due by itself.
    expect(refresh).toMatchObject({ cron: null, nextRun: null, lastRun: null });
    const answer = await on(one).post('/api/admin/schedules/github-refresh/run', {});
    expect([answer.status, answer.body.error]).toEqual([400, 'GitHub not configured']);
    expect((await on(one).post('/api/admin/schedules/unknown/run', {})).status).toBe(404);
    expect(schedules.map(({ name }: any) => name)).toEqual([
      'deleted-projects',
      'event-retention',
      'github-refresh',
      'usage-retention',
      'whoop-sync',
    ]);
    expect((await on(one).post('/api/admin/schedules/usage-retention/run', {})).status).toBe(202);
    const retention = async () =>
      (await on(two).get('/api/admin/schedules')).body.schedules.find(({ name }: any) => name === 'usage-retention');
    await one.waitFor(async () => typeof (await retention()).lastRun?.endedAt === 'string', 'the work to be done');
    expect(await retention()).toMatchObject({
      cron: '41 3 * * *',
      lastRun: { result: 'completed', durationSeconds: expect.any(Number), error: null },
      nextRun: expect.stringMatching(/T03:41:00.000Z$/),
    });
    const bob = await new ApiClient(one.url).register('bob');
    expect((await on(one, bob.accessToken).get('/api/admin/schedules')).status).toBe(403);
  });
});
