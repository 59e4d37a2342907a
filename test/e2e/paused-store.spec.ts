import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../support/api-client.js';
import { ServerProcess } from '../support/server.js';
import { readFileSync } from 'node:fs';
import { IMPATIENT } from '../support/patience.js';

const PAUSE_MS = Number(process.env.PAUSE_MS ?? 8000);

function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

describe('a paused store', () => {
  it(
    'D4 P1 should become 503 with Retry-After within 3 s, and recover within 5 s of its return',
    async () => {
      const server = await ServerProcess.start({ env: { ...IMPATIENT, RATE_LIMIT_ENABLED: 'false' } });
      const { client } = await new ApiClient(server.url).register('ann');
      const projectKey = await client.createProject();
      const report = `/v1/reports/overview?projectKey=${projectKey}`;
      expect((await client.get(report)).status).toBe(200);
      const rssBefore = residentMiB(server.child.pid!);
      let sequence = 0;
      const post = () => {
        sequence += 1;
        return client.post('/v1/events/batch', {
          projectKey,
          events: [{ eventName: 'tick', timestamp: sequence, eventId: `e${sequence}` }],
        });
      };

      const engine = server.enginePid();
      process.kill(engine, 'SIGSTOP');
      const paused = Date.now();
      const statuses: number[] = [];
      const waits: number[] = [];
      const pending: Promise<void>[] = [];
      try {
        while (Date.now() - paused < PAUSE_MS) {
          for (const call of [post, () => client.get(report)]) {
            const started = Date.now();
            pending.push(
              call().then((answer) => {
                statuses.push(answer.status);
                waits.push(Date.now() - started);
                if (answer.status === 503) expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
              }),
            );
          }
          expect((await client.get('/health/live')).status).toBe(200);
          await sleep(20);
        }
        expect((await client.get('/health/ready')).status).toBe(503);
        expect((await client.get('/health/ready')).text).not.toMatch(/sock|127\.0\.0\.1|mongodb:/);
        await Promise.all(pending);
      } finally {
        process.kill(engine, 'SIGCONT');
      }
      const resumed = Date.now();
      await server.waitFor(
        async () => (await client.get('/health/ready')).status === 200 && (await post()).status === 200,
        'recovery',
        15_000,
      );

      expect(new Set(statuses)).toEqual(new Set([503]));
      // One answer in a hundred may have met a stall of the machine.
      waits.sort((a, b) => a - b);
      expect(waits[Math.floor(waits.length * 0.99)]).toBeLessThan(3000);
      expect(waits.at(-1)).toBeLessThan(8000);
      expect(residentMiB(server.child.pid!)).toBeLessThan(rssBefore * 2);
      console.log(
        `${statuses.length} requests while paused, slowest ${waits.at(-1)} ms; recovered after ${Date.now() - resumed} ms`,
      );
      expect(await server.stop()).toBe(0);
    },
    PAUSE_MS + 60_000,
  );
});
