import { setMaxListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { Analytics } from '@segment/analytics-node';
import { ApiClient } from '../support/api-client.js';
import { openServerStore } from '../support/server-store.js';
import { ServerProcess } from '../support/server.js';
import { IMPATIENT } from '../support/patience.js';

const PAUSE_MS = Number(process.env.PAUSE_MS ?? 6000);
const MESSAGES_PER_TICK = 10;
const TICK_MS = 50;

// The client adds a listener to one signal for every batch that waits; Node.js would warn of them.
setMaxListeners(1000);

/** The published client, and what it says itself of every message: delivered, or given up. */
class Sender {
  readonly delivered = new Set<string>();
  readonly givenUp = new Set<string>();
  /** How often each status was answered; requests without an answer are not in it. */
  readonly answers: Record<number, number> = {};
  readonly analytics: Analytics;
  sent = 0;

  constructor(projectKey: string, host: string) {
    this.analytics = new Analytics({ writeKey: projectKey, host, flushAt: 20, flushInterval: 100 });
    this.analytics.on('http_response', ({ status }) => (this.answers[status] = (this.answers[status] ?? 0) + 1));
    this.analytics.on('error', ({ ctx }) => this.givenUp.add(ctx?.event.messageId ?? 'unknown'));
    for (const type of ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const) {
      this.analytics.on(type, ({ event }) => this.delivered.add(event.messageId ?? 'unknown'));
    }
  }

  /** Sends messages of three kinds until told to stop: of 50 visitors, each of whom signs in. */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      for (let i = 0; i < MESSAGES_PER_TICK; i += 1) this.next();
      await sleep(TICK_MS);
    }
  }

  private next(): void {
    const n = this.sent++;
    const [anonymousId, userId] = [`anon-${n % 50}`, `user-${n % 50}`];
    if (n < 50) this.analytics.identify({ anonymousId, userId });
    else if (n % 2 === 0) this.analytics.track({ anonymousId, event: 'Song Played', properties: { n } });
    else this.analytics.screen({ userId, name: 'Player' });
  }
}

describe('@segment/analytics-node, unmodified', () => {
  it('should deliver every kind of call once, with the right figures in reports', async () => {
    const server = await ServerProcess.start();
    const { client } = await new ApiClient(server.url).register('ann');
    const projectKey = await client.createProject();
    const sender = new Sender(projectKey, server.url);
    const { analytics } = sender;
    const at = (minute: number) => new Date(Date.UTC(2025, 0, 6, 10, minute));

    analytics.screen({ anonymousId: 'phone', name: 'Home', timestamp: at(0) });
    analytics.screen({ anonymousId: 'phone', name: 'Checkout', properties: { items: 2 }, timestamp: at(1) });
    analytics.page({ anonymousId: 'laptop', name: 'Pricing', category: 'Shop', timestamp: at(2) });
    analytics.identify({ anonymousId: 'phone', userId: 'ann', traits: { plan: 'pro' }, timestamp: at(3) });
    analytics.track({ userId: 'ann', event: 'Order Completed', properties: { revenue: 9.9 }, timestamp: at(4) });
    analytics.alias({ previousId: 'laptop', userId: 'ann', timestamp: at(5) });
    analytics.group({ userId: 'ann', groupId: 'team-9', traits: { seats: 3 }, timestamp: at(6) });
    analytics.track({ anonymousId: 'stranger', event: 'Order Completed', timestamp: at(7) });
    await analytics.closeAndFlush();

    expect(sender.givenUp).toEqual(new Set());
    expect(sender.delivered.size).toBe(8);
    const report = async (path: string) => (await client.get(`/v1/reports/${path}projectKey=${projectKey}`)).body;
    // The clock of the client is ours, so that no correction moves a time by more than a moment.
    const day = 'from=2025-01-06T09:59:55Z&to=2025-01-06T10:07:30Z&';
    expect(await report(`overview?${day}`)).toMatchObject({ totalEvents: 8, uniqueUsers: 2, uniqueEventNames: 6 });
    expect((await report(`top-events?${day}`)).items).toEqual([
      { eventName: 'Order Completed', count: 2 },
      { eventName: 'screen_view', count: 2 },
      { eventName: 'alias', count: 1 },
      { eventName: 'group', count: 1 },
      { eventName: 'identify', count: 1 },
      { eventName: 'page_view', count: 1 },
    ]);
    expect(await report(`conversion?eventName=Order%20Completed&`)).toMatchObject({ totalUsers: 2, convertedUsers: 2 });
    const steps = ['screen_view', 'identify', 'Order Completed'];
    const funnel = await client.post('/v1/reports/funnel', { projectKey, steps });
    expect(funnel.body.steps.map(({ users }: { users: number }) => users)).toEqual([1, 1, 1]);

    const store = await openServerStore(server);
    const rows = await store.collection('events').find({ projectKey }).sort({ timestamp: 1 }).toArray();
    await store.close();
    const library = { context_library_name: '@segment/analytics-node' };
    expect(rows.map(({ properties }) => properties)).toEqual([
      { screen_name: 'Home', ...library },
      { screen_name: 'Checkout', items: 2, ...library },
      { page_name: 'Pricing', category: 'Shop', ...library },
      { plan: 'pro', ...library },
      { revenue: 9.9, ...library },
      library,
      { group_id: 'team-9', seats: 3, ...library },
      library,
    ]);
    expect(await server.stop()).toBe(0);
  });

  it('should be told of a wrong key at once, and not try again', async () => {
    const server = await ServerProcess.start();
    const sender = new Sender('0123456789ab', server.url);
    sender.analytics.track({ userId: 'ann', event: 'Order Completed' });
    await sender.analytics.closeAndFlush();
    expect(sender.answers).toEqual({ 403: 1 });
    expect(sender.givenUp.size).toBe(1);
    expect(await server.stop()).toBe(0);
  });

  it('should wait as long as it is told when it sends too fast, and then deliver all', async () => {
    // 120 at once, then two a second.
    const server = await ServerProcess.start({ env: { INGEST_EVENTS_PER_SECOND: '2' } });
    const { client } = await new ApiClient(server.url).register('ann');
    const projectKey = await client.createProject();
    const sender = new Sender(projectKey, server.url);
    for (let n = 0; n < 130; n += 1) sender.analytics.track({ userId: `user-${n}`, event: 'Song Played' });
    await sender.analytics.closeAndFlush({ timeout: 60_000 });
    expect(sender.answers).toEqual({ 200: 7, 429: expect.any(Number) });
    expect(sender.delivered.size).toBe(130);
    const overview = await client.get(`/v1/reports/overview?projectKey=${projectKey}`);
    expect(overview.body).toMatchObject({ totalEvents: 130, uniqueUsers: 130 });
    expect(await server.stop()).toBe(0);
  }, 90_000);

  it(
    'should lose and double nothing while the server answers 503 and is killed and started again',
    async () => {
      const env = { ...IMPATIENT, RATE_LIMIT_ENABLED: 'false' };
      let server = await ServerProcess.start({ env });
      const { dataDir, url } = server;
      const { client } = await new ApiClient(url).register('ann');
      const projectKey = await client.createProject();
      const sender = new Sender(projectKey, url);
      const stop = new AbortController();
      const running = sender.run(stop.signal);

      await sleep(1000);
      const engine = server.enginePid();
      process.kill(engine, 'SIGSTOP');
      try {
        await sleep(PAUSE_MS);
      } finally {
        process.kill(engine, 'SIGCONT');
      }
      await sleep(2000);
      await server.stop('SIGKILL');
      await sleep(1000);
      server = await ServerProcess.start({ dataDir, env: { ...env, PORT: new URL(url).port } });
      await sleep(1000);
      stop.abort();
      await running;
      await sender.analytics.closeAndFlush({ timeout: 90_000 });

      const { delivered, givenUp, sent, answers } = sender;
      expect(delivered.size + givenUp.size).toBe(sent);
      expect(answers).toEqual({ 200: expect.any(Number), 503: expect.any(Number) });
      const store = await openServerStore(server);
      const ids = (await store.collection('events').find({ projectKey }).toArray()).map(({ eventId }) => `${eventId}`);
      await store.close();
      const stored = new Set(ids);
      expect(ids.length).toBe(stored.size);
      expect([...delivered].filter((id) => !stored.has(id))).toEqual([]);
      // What was given up may have been stored before the answer was lost; anything else would be from nowhere.
      expect([...stored].filter((id) => !delivered.has(id) && !givenUp.has(id))).toEqual([]);
      const overview = await client.get(`/v1/reports/overview?projectKey=${projectKey}`);
      expect(overview.body).toMatchObject({ totalEvents: stored.size, uniqueUsers: 50, uniqueEventNames: 3 });
      process.stderr.write(
        `@segment/analytics-node: ${sent} messages, ${delivered.size} delivered, ${givenUp.size} given up, ` +
          `${stored.size} stored; answers ${JSON.stringify(answers)}\n`,
      );
      expect(givenUp.size).toBe(0);
      expect(await server.stop()).toBe(0);
    },
    PAUSE_MS + 150_000,
  );
});
