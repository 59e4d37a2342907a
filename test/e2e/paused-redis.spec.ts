import { ApiClient } from '../support/api-client.js';
import { RedisServer } from '../support/redis-server.js';
import { ServerProcess } from '../support/server.js';

const describeHere = RedisServer.find() === null ? describe.skip : describe;

describeHere('a paused Redis', () => {
  it('P1 J5 should leave the server alive and reading but not ready, until it returns', async () => {
    const redis = await RedisServer.start();
    const server = await ServerProcess.start({ env: { REDIS_URL: redis.url, RATE_LIMIT_ENABLED: 'false' } });
    const { client } = await new ApiClient(server.url).register('ann');
    const projectKey = await client.createProject();
    const isReady = async () => (await client.get('/health/ready')).status === 200;
    expect(await isReady()).toBe(true);
    redis.pause();
    try {
      await server.waitFor(async () => !(await isReady()), 'the probe to notice');
      expect((await client.get('/health/live')).status).toBe(200);
      expect((await client.get('/health/ready')).text).not.toMatch(/127\.0\.0\.1|redis:\/\//);
      expect((await client.get(`/v1/reports/overview?projectKey=${projectKey}`)).status).toBe(200);
    } finally {
      redis.resume();
    }
    await server.waitFor(isReady, 'recovery');
    expect(await server.stop()).toBe(0);
    await redis.kill();
  });
});
