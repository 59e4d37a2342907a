import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../support/api-client.js';
import { ServerProcess } from '../support/server.js';
import { SmallDisk } from '../support/small-disk.js';

const MEGABYTE = 1024 * 1024;
/** Two megabytes a request, of which the engine keeps little less: random letters do not compress. */
const BATCH = 100;
/** MongoDB makes no index with less than 500 MB free. */
const DISK_MB = 700;

describe('a full disk', () => {
  it('D5 should answer 503, keep what was acknowledged, and go on when there is space again', async () => {
    const disk = SmallDisk.mount(DISK_MB);
    if (disk === null) return;
    let server: ServerProcess | undefined;
    try {
      server = await ServerProcess.start({ dataDir: disk.folder, env: { RATE_LIMIT_ENABLED: 'false' } });
      const { client, accessToken } = await new ApiClient(server.url).register('ann');
      const projectKey = await client.createProject();
      const acknowledged = { events: 0, activities: 0 };
      let number = 0;
      const post = async (): Promise<number[]> => {
        const ids = Array.from({ length: BATCH }, () => `e${number++}`);
        const events = await client.post('/v1/events/batch', {
          projectKey,
          events: ids.map((eventId) => ({
            eventName: 'tick',
            timestamp: Date.now(),
            eventId,
            properties: { text: noise(12_000) },
          })),
        });
        if (events.status === 200) acknowledged.events += events.body.inserted;
        const activities = await client.post(
          '/api/v1/user-activity',
          ids.map((id) => ({ user_id: id, action: 'tick', event_id: id, metadata: { text: noise(2000) } })),
        );
        if (activities.status === 201) acknowledged.activities += activities.body.inserted;
        return [events.status, activities.status];
      };
      expect(await post()).toEqual([200, 201]);
      expect(acknowledged).toEqual({ events: BATCH, activities: BATCH });

      disk.fill(3 * MEGABYTE);
      const statuses = new Set<number>();
      const isReady = async () => (await client.get('/health/ready')).status === 200;
      let refusedReadiness = false;
      const end = Date.now() + 30_000;
      while (Date.now() < end && !(statuses.has(503) && refusedReadiness)) {
        for (const status of await post()) statuses.add(status);
        if (!(await isReady())) refusedReadiness = true;
        expect((await client.get('/health/live')).status).toBe(200);
      }
      expect([...statuses].filter((status) => ![200, 201, 503, 507].includes(status))).toEqual([]);
      expect(refusedReadiness).toBe(true);
      expect([...statuses].some((status) => status === 503 || status === 507)).toBe(true);

      disk.clear();
      await server.waitFor(
        async () => (await isReady()) && String(await post()) === '200,201',
        'the server to go on',
        60_000,
      );
      const api = new ApiClient(server.url, accessToken);
      const overview = async () =>
        (await api.get(`/v1/reports/overview?projectKey=${projectKey}&source=raw`)).body.totalEvents;
      await server.waitFor(async () => (await overview()) >= acknowledged.events, 'the events');
      const summary = (await api.get('/api/v1/user-stats/total')).body;
      // What was not acknowledged may have been stored all the same.
      expect(await overview()).toBeGreaterThanOrEqual(acknowledged.events);
      expect(summary.total_users).toBeGreaterThanOrEqual(acknowledged.activities);
      console.log(
        `answers ${[...statuses].join(', ')}; not ready: ${refusedReadiness}; acknowledged ${JSON.stringify(acknowledged)}`,
      );
      await sleep(100);
      expect(await server.stop()).toBe(0);
    } finally {
      await server?.stop('SIGKILL');
      disk.unmount();
    }
  }, 180_000);
});

function noise(length: number): string {
  return Array.from({ length: Math.ceil(length / 11) }, () => Math.random().toString(36).slice(2, 13)).join('');
}
