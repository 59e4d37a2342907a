import { randomUUID } from 'node:crypto';
import { RedisConnector } from '../../src/infra/redis/redis-connector.js';
import { RequestLimitStorage } from '../../src/infra/redis/request-limit.storage.js';
import { isRedisReachable, REDIS_URL } from '../support/redis.js';
import { ApiClient } from '../support/api-client.js';
import { ServerProcess } from '../support/server.js';

const WINDOW_MS = 60_000;
const describeOnRedis = (await isRedisReachable()) ? describe : describe.skip;

async function connected(url?: string): Promise<RedisConnector> {
  const connector = await RedisConnector.create({ url });
  if (connector.client !== undefined) await new Promise((done) => connector.client!.once('ready', done));
  return connector;
}

describe('RequestLimitStorage in one process', () => {
  it('should count within the window and say when it ends', async () => {
    const storage = new RequestLimitStorage(await connected());
    const key = randomUUID();
    expect(await storage.increment(key, WINDOW_MS, 2)).toEqual({
      totalHits: 1,
      timeToExpire: 60,
      isBlocked: false,
      timeToBlockExpire: 0,
    });
    await storage.increment(key, WINDOW_MS, 2);
    expect(await storage.increment(key, WINDOW_MS, 2)).toMatchObject({ totalHits: 3, isBlocked: true });
    expect(await storage.increment(randomUUID(), WINDOW_MS, 2)).toMatchObject({ totalHits: 1, isBlocked: false });
  });
});

describeOnRedis('RequestLimitStorage on Redis', () => {
  it('should share its counts between replicas', async () => {
    const connectors = [await connected(REDIS_URL), await connected(REDIS_URL)];
    const [first, second] = connectors.map((connector) => new RequestLimitStorage(connector));
    const key = randomUUID();
    await Promise.all(Array.from({ length: 10 }, (_, i) => (i % 2 ? first! : second!).increment(key, WINDOW_MS, 5)));
    expect(await first!.increment(key, WINDOW_MS, 5)).toMatchObject({ totalHits: 11, isBlocked: true });
    connectors.forEach((connector) => connector.onApplicationShutdown());
  });

  it('should go on counting in the process while Redis is away', async () => {
    const connector = await connected(REDIS_URL);
    const storage = new RequestLimitStorage(connector);
    const key = randomUUID();
    connector.client!.disconnect();
    await new Promise((done) => setTimeout(done, 50));
    await storage.increment(key, WINDOW_MS, 1);
    expect(await storage.increment(key, WINDOW_MS, 1)).toMatchObject({ totalHits: 2, isBlocked: true });
  });

  it('should limit the requests of one address over two servers together', async () => {
    const limit = 1000 + Math.floor(Math.random() * 1_000_000);
    const env = { REDIS_URL, RATE_LIMIT_PER_MINUTE: String(limit) };
    const servers = await Promise.all([ServerProcess.start({ env }), ServerProcess.start({ env })]);
    const clients = servers.map((server) => new ApiClient(server.url));
    const { body: ready } = await clients[0]!.get('/health/ready');
    expect(ready.checks).toEqual({ mongo: 'up', sql: 'up', redis: 'up', disk: 'up' });
    expect(ready.shared).toEqual({ requestLimits: 'redis', loginLimits: 'sql', revokedTokens: 'sql', jobs: 'redis' });
    const remaining = [];
    for (const client of [...clients, ...clients]) {
      remaining.push(Number((await client.get('/')).headers.get('x-ratelimit-remaining')));
    }
    // Other suites may use the same address meanwhile: the count only ever falls, over both servers.
    expect([...remaining].sort((a, b) => b - a)).toEqual(remaining);
    expect(new Set(remaining).size).toBe(4);
    await Promise.all(servers.map((server) => server.stop()));
  });
});
