import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../support/api-client.js';
import { errorFaults } from '../support/error-answer.js';
import { ServerProcess } from '../support/server.js';

const LOGINS = 200;
const MOST_PROBE_MS = 250;
const MOST_GROWTH_MIB = 200;

function residentMiB(pid: number): number {
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

describe('a flood of logins', () => {
  it('A11 should leave probes quick and memory as it is, and tell who is turned away to come back', async () => {
    const server = await ServerProcess.start({ env: { RATE_LIMIT_ENABLED: 'false' } });
    try {
      const api = new ApiClient(server.url);
      const { email } = await api.register('ann', 'correct horse battery');
      const before = residentMiB(server.child.pid!);
      let most = before;
      let isOver = false;
      const flood = Promise.all(
        Array.from({ length: LOGINS }, (_, i) =>
          api.post('/api/auth/login', { email: `nobody-${i}@example.com`, password: 'wrong horse battery' }),
        ),
      ).finally(() => (isOver = true));
      const probes: number[] = [];
      while (!isOver) {
        const began = performance.now();
        expect((await api.get('/health/live')).status).toBe(200);
        probes.push(performance.now() - began);
        most = Math.max(most, residentMiB(server.child.pid!));
        await sleep(10);
      }
      const answers = await flood;
      const statuses = new Set(answers.map(({ status }) => status));
      expect([...statuses].filter((status) => ![401, 429, 503].includes(status))).toEqual([]);
      expect(statuses.has(401)).toBe(true);
      for (const answer of answers) {
        expect(errorFaults(answer)).toEqual([]);
        if (answer.status !== 401) expect(answer.headers.get('retry-after')).toMatch(/^\d+$/);
      }
      // The slowest ones wait for this process, which opens all these connections at once.
      probes.sort((a, b) => a - b);
      expect(probes[Math.floor(0.95 * probes.length)]!).toBeLessThan(MOST_PROBE_MS);
      expect(most - before).toBeLessThan(MOST_GROWTH_MIB);
      // The owner comes in as soon as it is over.
      const login = () => api.post('/api/auth/login', { email, password: 'correct horse battery' });
      await server.waitFor(async () => (await login()).status === 200, 'the owner to be let in');
    } finally {
      expect(await server.stop()).toBe(0);
    }
  });
});
