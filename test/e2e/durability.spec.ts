import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../support/api-client.js';
import { ServerProcess, temporaryFolder } from '../support/server.js';

const ROUNDS = Number(process.env.KILL_ROUNDS ?? 20);
const BATCH = 20;

interface Sent {
  eventId: string;
  eventName: string;
  timestamp: string;
  anonymousId: string;
  userId?: string;
}

/** Sends batches until told to stop; remembers what was acknowledged and what was left without an answer. */
class Sender {
  readonly acknowledged = new Set<string>();
  readonly unanswered: Sent[][] = [];
  private stopped = false;
  private next = 0;

  constructor(
    private readonly api: ApiClient,
    private readonly projectKey: string,
    private readonly name: string,
  ) {}

  async run(): Promise<void> {
    while (!this.stopped) await this.send(this.batch());
  }

  stop(): void {
    this.stopped = true;
  }

  async resend(api: ApiClient): Promise<void> {
    for (const events of this.unanswered.splice(0)) {
      const answer = await api.post('/v1/events/batch', { projectKey: this.projectKey, events });
      expect(answer.status).toBe(200);
      expect(answer.body.inserted + answer.body.duplicates).toBe(events.length);
      events.forEach(({ eventId }) => this.acknowledged.add(eventId));
    }
  }

  private async send(events: Sent[]): Promise<void> {
    try {
      const answer = await this.api.post(
        '/v1/events/batch',
        { projectKey: this.projectKey, events },
        { timeoutMs: 8000 },
      );
      if (answer.status === 200) events.forEach(({ eventId }) => this.acknowledged.add(eventId));
      else {
        expect(answer.status).toBe(503);
        this.unanswered.push(events);
        await sleep(20);
      }
    } catch {
      this.unanswered.push(events);
      await sleep(20);
    }
  }

  private batch(): Sent[] {
    return Array.from({ length: BATCH }, () => {
      const n = this.next++;
      return {
        eventId: `${this.name}-${n}`,
        eventName: n % 3 === 0 ? 'open' : 'buy',
        timestamp: new Date(Date.UTC(2025, 0, 6) + n * 1000).toISOString(),
        anonymousId: `${this.name}-anon-${n % 50}`,
        ...(n % 50 < 10 && n > 100 && { userId: `${this.name}-user-${n % 50}` }),
      };
    });
  }
}

describe('kill -9 under load', () => {
  it(
    `D1 D2 should keep every acknowledged event and none twice over ${ROUNDS} kills of the server or the engine`,
    async () => {
      const dataDir = temporaryFolder();
      const env = { RATE_LIMIT_ENABLED: 'false', RATE_LIMIT_PER_MINUTE: '1000000' };
      let server = await ServerProcess.start({ dataDir, env });
      const { accessToken } = await new ApiClient(server.url).register('ann');
      const projectKey = await new ApiClient(server.url, accessToken).createProject();
      const acknowledged = new Set<string>();
      let engineKills = 0;

      for (let round = 0; round < ROUNDS; round += 1) {
        const api = new ApiClient(server.url);
        const senders = ['a', 'b', 'c'].map((name) => new Sender(api, projectKey, `${round}${name}`));
        const running = senders.map((sender) => sender.run());
        await sleep(100 + Math.random() * 500);
        // The engine keeps what was acknowledged, so it is killed most often.
        if (round % 4 === 0) {
          await server.stop('SIGKILL');
          senders.forEach((sender) => sender.stop());
          await Promise.all(running);
          server = await ServerProcess.start({ dataDir, env });
        } else {
          process.kill(server.enginePid(), 'SIGKILL');
          engineKills += 1;
          await sleep(300);
          senders.forEach((sender) => sender.stop());
          await Promise.all(running);
          await server.waitFor(
            async () => (await new ApiClient(server.url).get('/health/ready')).status === 200,
            'readiness',
          );
        }
        for (const sender of senders) await sender.resend(new ApiClient(server.url));
        for (const sender of senders) sender.acknowledged.forEach((id) => acknowledged.add(id));
      }

      const client = new ApiClient(server.url, accessToken);
      const overview = await client.get(`/v1/reports/overview?projectKey=${projectKey}`);
      // Every event carries an id that is sent until it is acknowledged, so the stored count is exactly their number.
      expect(overview.body.totalEvents).toBe(acknowledged.size);
      expect(overview.body.uniqueEventNames).toBe(2);
      expect(acknowledged.size).toBeGreaterThan(ROUNDS * BATCH);
      console.log(
        `kills: ${ROUNDS - engineKills} of the server, ${engineKills} of the engine; events acknowledged and stored: ${acknowledged.size}`,
      );
      expect(await server.stop()).toBe(0);
    },
    ROUNDS * 15_000,
  );
});
