import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../support/api-client.js';
import { exportedPoints } from '../support/exported-points.js';
import { ServerProcess, temporaryFolder } from '../support/server.js';

const ROUNDS = Number(process.env.KILL_ROUNDS ?? 4);
const LINES = 20;
const START = Date.parse('2025-11-17T00:00:00Z');

/** Writes bodies until told to stop; remembers what was acknowledged, and which values may stand for the rest. */
class Collector {
  /** By series and time: the last value that was acknowledged. */
  readonly acknowledged = new Map<string, number>();
  /** By series and time: the last value that was sent. */
  readonly sent = new Map<string, number>();
  private stopped = false;
  private value = 0;

  constructor(
    private readonly name: string,
    public url: string,
    private readonly token: string,
  ) {}

  async run(): Promise<void> {
    this.stopped = false;
    while (!this.stopped) await this.write();
  }

  stop(): void {
    this.stopped = true;
  }

  /** Half of the points are new, half are written again with a larger value. */
  private async write(): Promise<void> {
    const points = Array.from({ length: LINES }, (_, i): [string, number] => {
      const n = i % 2 === 0 ? this.value : i % 7;
      this.value += 1;
      return [`${START + n * 1000}`, this.value];
    });
    const lines = points.map(([time, value]) => `d,org=Turbo,user=${this.name} v=${value}i ${time}000000`);
    for (const [time, value] of points) this.sent.set(`${this.name} ${time}`, value);
    try {
      const answer = await new ApiClient(this.url, this.token).request('POST', '/api/v2/write', {
        raw: lines.join('\n'),
        timeoutMs: 8000,
      });
      if (answer.status === 204)
        for (const [time, value] of points) this.acknowledged.set(`${this.name} ${time}`, value);
      else {
        expect(answer.status).toBe(503);
        await sleep(20);
      }
    } catch {
      await sleep(20);
    }
  }
}

describe('kill -9 while activity points are written', () => {
  it(
    `D1 T19 should keep every acknowledged point with its last value over ${ROUNDS} kills of the server or the engine`,
    async () => {
      const dataDir = temporaryFolder();
      const env = { RATE_LIMIT_ENABLED: 'false' };
      let server = await ServerProcess.start({ dataDir, env });
      const { accessToken } = await new ApiClient(server.url).register('ann');
      const collectors = ['a', 'b', 'c'].map((name) => new Collector(name, server.url, accessToken));
      let engineKills = 0;
      for (let round = 0; round < ROUNDS; round += 1) {
        const running = collectors.map((collector) => collector.run());
        await sleep(100 + Math.random() * 500);
        if (round % 2 === 0) {
          await server.stop('SIGKILL');
          for (const collector of collectors) collector.stop();
          await Promise.all(running);
          server = await ServerProcess.start({ dataDir, env });
          for (const collector of collectors) collector.url = server.url;
        } else {
          process.kill(server.enginePid(), 'SIGKILL');
          engineKills += 1;
          await sleep(300);
          for (const collector of collectors) collector.stop();
          await Promise.all(running);
          const api = new ApiClient(server.url);
          await server.waitFor(async () => (await api.get('/health/ready')).status === 200, 'readiness');
        }
      }
      const stored = new Map<string, number>();
      for (const text of await exportedPoints(new ApiClient(server.url, accessToken))) {
        const { tags, fields, time } = JSON.parse(text);
        const key = `${tags.user} ${Date.parse(time)}`;
        expect([key, stored.has(key)]).toEqual([key, false]);
        stored.set(key, fields.v);
      }
      let acknowledged = 0;
      for (const { acknowledged: last, sent } of collectors) {
        acknowledged += last.size;
        for (const [key, value] of last) {
          // A value that was sent later and not acknowledged may have been stored or not.
          expect([key, (stored.get(key) ?? -1) >= value]).toEqual([key, true]);
          expect([key, stored.get(key)! <= sent.get(key)!]).toEqual([key, true]);
        }
        for (const key of sent.keys()) if (!last.has(key)) stored.delete(key);
      }
      expect(stored.size).toBe(acknowledged);
      expect(acknowledged).toBeGreaterThan(ROUNDS * LINES);
      console.log(
        `kills: ${ROUNDS - engineKills} of the server, ${engineKills} of the engine; points acknowledged and stored: ${acknowledged}`,
      );
      expect(await server.stop()).toBe(0);
    },
    ROUNDS * 15_000,
  );
});
