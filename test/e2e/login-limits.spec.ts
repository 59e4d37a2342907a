import { ApiClient } from '../support/api-client.js';
import { ServerProcess } from '../support/server.js';

const LIMIT = 10;

describe('POST /api/auth/login', () => {
  it('A9 should count failures whatever X-Forwarded-For says, and still after a restart', async () => {
    const env = { RATE_LIMIT_ENABLED: 'false' };
    let server = await ServerProcess.start({ env });
    const { user } = await new ApiClient(server.url).register('ann');
    const tryFrom = (address: string) =>
      fetch(`${server.url}/api/auth/login`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-forwarded-for': address },
        body: JSON.stringify({ email: user.email, password: 'not the password' }),
      });

    const statuses: number[] = [];
    for (let i = 0; i < LIMIT; i++) statuses.push((await tryFrom(`198.51.100.${i}`)).status);
    expect(statuses).toEqual(Array.from({ length: LIMIT }, () => 401));
    const refused = await tryFrom('203.0.113.7');
    expect(refused.status).toBe(429);
    expect(refused.headers.get('retry-after')).toMatch(/^\d+$/);

    await server.stop('SIGKILL');
    server = await ServerProcess.start({ env, dataDir: server.dataDir });
    expect((await tryFrom('203.0.113.8')).status).toBe(429);
    expect(await server.stop()).toBe(0);
  });
});
