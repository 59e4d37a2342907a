import { connect } from 'node:net';

export const REDIS_URL = process.env.TEST_REDIS_URL ?? 'redis://127.0.0.1:6379';

/** Whether Redis answers. In CI it must: a missing one is a failure, elsewhere its suites are skipped aloud. */
export async function isRedisReachable(): Promise<boolean> {
  const { hostname, port } = new URL(REDIS_URL);
  const reachable = await new Promise<boolean>((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 6379), timeout: 20_000 });
    const settle = (value: boolean) => {
      socket.destroy();
      resolve(value);
    };
    socket
      .once('connect', () => settle(true))
      .once('error', () => settle(false))
      .once('timeout', () => settle(false));
  });
  if (!reachable && process.env.CI === 'true') throw new Error(`Redis does not answer at ${REDIS_URL}`);
  if (!reachable) process.stderr.write(`SKIPPED: the Redis suites, since ${REDIS_URL} does not answer.\n`);
  return reachable;
}
