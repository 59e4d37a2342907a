import { setTimeout as sleep } from 'node:timers/promises';
import { unzipSync, strFromU8 } from 'fflate';
import { browsing } from '../factories/browsing.factory.js';
import { ApiClient } from '../support/api-client.js';
import { openServerStore } from '../support/server-store.js';
import { untilEnded } from '../support/report-tasks.js';
import { ServerProcess } from '../support/server.js';

/** A test that asks until something is gone asks often. */
const ENV = { RATE_LIMIT_ENABLED: 'false' };

describe('all data of an account', () => {
  let server: ServerProcess;
  let api: ApiClient;

  beforeAll(async () => {
    server = await ServerProcess.start({ env: ENV });
    api = new ApiClient(server.url);
    await api.register('admin');
  });

  afterAll(async () => {
    await server.stop();
  });

  it('L2 should be exported as an archive, and only one’s own', async () => {
    const [ann, ben] = [await api.register('ann'), await api.register('ben')];
    const annKey = await ann.client.createProject('Shop of Ann');
    const benKey = await ben.client.createProject('Shop of Ben');
    for (const [projectKey, eventName] of [
      [annKey, 'canary-ann'],
      [benKey, 'canary-ben'],
    ]) {
      await api.post('/v1/events/batch', { projectKey, events: [{ eventName, timestamp: '2025-01-06T10:00:00Z' }] });
    }
    const response = await fetch(`${server.url}/api/auth/export`, {
      headers: { authorization: `Bearer ${ann.accessToken}` },
    });
    expect(response.status).toBe(200);
    const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
    const text = Object.values(files)
      .map((file) => strFromU8(file))
      .join('\n');
    for (const own of [ann.email, 'Shop of Ann', annKey, 'canary-ann']) expect(text).toContain(own);
    for (const foreign of [ben.email, 'Shop of Ben', benKey, 'canary-ben', '$argon2'])
      expect(text).not.toContain(foreign);
  });

  it('L1 should be gone within 60 s of deleting the account, also when the server is killed meanwhile', async () => {
    const ann = await api.register('ann');
    const projectKey = await ann.client.createProject('Doomed');
    await api.post('/v1/events/batch', {
      projectKey,
      events: [{ eventName: 'a', timestamp: 1, anonymousId: 'x', userId: 'y' }],
    });
    const events = browsing('2025-01-06T09:00:00Z', [
      { minutes: 0, domain: 'github.com' },
      { minutes: 10, domain: null },
    ]);
    await ann.client.post('/api/events/sync', { events });
    await ann.client.get('/api/ai/daily-summary?date=2025-01-06');
    await ann.client.post('/api/orgs', { name: 'Doomed' });
    const report = { org: 'Doomed', users: ['ann'], startDate: '2025-11-19', endDate: '2025-11-19' };
    const headers = { 'idempotency-key': 'doomed' };
    const { taskId } = (await ann.client.post('/api/reports/generate', report, { headers })).body;
    expect((await untilEnded(ann.client, taskId)).body.status).toBe('completed');
    const collections = ['insights', 'report_tasks', 'report_parts', 'report_request_keys'];
    const stored = async (): Promise<number[]> => {
      const store = await openServerStore(server);
      try {
        return await Promise.all(
          collections.map((name) => store.collection(name).countDocuments({ userId: ann.user.id })),
        );
      } finally {
        await store.close();
      }
    };
    expect(await stored()).toEqual([1, 1, 1, 1]);
    expect((await ann.client.delete('/api/auth/me', { password: 'wrong password' })).status).toBe(400);
    expect((await ann.client.delete('/api/auth/me', { password: 'correct horse battery' })).status).toBe(202);
    expect((await ann.client.get('/api/auth/me')).status).toBe(401);

    await server.stop('SIGKILL');
    server = await ServerProcess.start({ dataDir: server.dataDir, env: ENV });
    api = new ApiClient(server.url);
    await server.waitFor(
      async () => {
        // Asked slowly: the limit of requests counts these as well.
        await sleep(500);
        const { status, body } = await api.get(`/v1/projects?projectKey=${projectKey}`);
        return status === 200 && body.projects.length === 0;
      },
      'the project to be gone',
      60_000,
    );
    await server.waitFor(
      async () => (await stored()).every((count) => count === 0),
      'insights and reports to be gone',
      60_000,
    );
    const batch = await api.post('/v1/events/batch', { projectKey, events: [{ eventName: 'a', timestamp: 1 }] });
    expect(batch.status).toBe(403);
    // The address is free again, and the new account sees nothing of the old one.
    const again = await api.post('/api/auth/register', {
      email: ann.email,
      name: 'ann',
      password: 'correct horse battery',
    });
    expect(again.status).toBe(201);
    expect((await api.get('/v1/projects', { token: again.body.access_token })).body.projects).toEqual([]);
  }, 150_000);
});
