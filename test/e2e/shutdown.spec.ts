import { existsSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../support/api-client.js';
import { ServerProcess } from '../support/server.js';

const FAULT_ON_SIGUSR2 = "process.on('SIGUSR2', () => void Promise.reject(new Error('injected fault')))";

interface Reply {
  status: number;
  connection: string | undefined;
}

function get(agent: Agent, url: string): Promise<Reply> {
  return new Promise((resolve, reject) => {
    request(url, { agent }, (response) => {
      response.resume();
      response.on('end', () => resolve({ status: response.statusCode ?? 0, connection: response.headers.connection }));
    })
      .on('error', reject)
      .end();
  });
}

describe('stopping', () => {
  it('P2 should drain under load: ready 503 at once, requests served, connections closed, exit 0', async () => {
    const server = await ServerProcess.start({ env: { SHUTDOWN_DRAIN_MS: '5000', RATE_LIMIT_ENABLED: 'false' } });
    const { client } = await new ApiClient(server.url).register('ann');
    const projectKey = await client.createProject();
    const agent = new Agent({ keepAlive: true });
    const replies: Reply[] = [];
    const batches: number[] = [];
    const failures: unknown[] = [];
    let drainingSeenAt = 0;

    // 200 requests a second until /health/ready says 503, as a load balancer behaves.
    const load = (async () => {
      for (let i = 0; drainingSeenAt === 0 && i < 4000; i += 1) {
        get(agent, `${server.url}/v1/projects?projectKey=${projectKey}`).then(
          (reply) => replies.push(reply),
          (error: unknown) => failures.push(error),
        );
        if (i % 10 === 0) {
          client
            .post('/v1/events/batch', { projectKey, events: [{ eventName: 'tick', timestamp: i, eventId: `e${i}` }] })
            .then(
              (answer) => batches.push(answer.status),
              (error: unknown) => failures.push(error),
            );
        }
        await sleep(5);
      }
    })();
    const probe = (async () => {
      while (drainingSeenAt === 0) {
        const { status } = await get(agent, `${server.url}/health/ready`);
        if (status === 503) drainingSeenAt = Date.now();
        else await sleep(10);
      }
    })();
    await sleep(1000);
    const signalAt = Date.now();
    server.child.kill('SIGTERM');
    await Promise.all([load, probe]);
    // At once, as far as a busy machine shows it: long before the drain is over.
    expect(drainingSeenAt - signalAt).toBeLessThan(1500);
    // New requests are still served during the drain, and told to close their connection.
    const late = await get(new Agent(), `${server.url}/v1/projects?projectKey=${projectKey}`);
    expect(late).toEqual({ status: 200, connection: 'close' });
    expect(await server.waitForExit()).toBe(0);
    await sleep(100);
    expect(failures).toEqual([]);
    // As many as a busy machine lets through in a second and the drain.
    expect(replies.length).toBeGreaterThan(30);
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    expect(new Set(batches)).toEqual(new Set([200]));
    expect(Date.now() - signalAt).toBeLessThan(5000 + 3000 + 1000);
  });

  it('P3 should exit 1 at once on a second signal', async () => {
    const server = await ServerProcess.start({ env: { SHUTDOWN_DRAIN_MS: '20000' } });
    server.child.kill('SIGTERM');
    await sleep(300);
    expect(server.exitCode).toBeNull();
    server.child.kill('SIGINT');
    expect(await server.waitForExit()).toBe(1);
    expect(server.logs).toContain('exiting at once');
  });

  it('P3 should treat SIGINT like SIGTERM', async () => {
    const server = await ServerProcess.start();
    expect(await server.stop('SIGINT')).toBe(0);
  });

  it('P3 should end cleanly when SIGTERM comes during the start', async () => {
    for (const delay of [150, 600]) {
      const server = await ServerProcess.start({ waitUntilReady: false });
      await sleep(delay);
      server.child.kill('SIGTERM');
      await server.waitForExit();
      expect([0, null]).toContain(server.exitCode);
      const again = await ServerProcess.start({ dataDir: server.dataDir });
      expect(await again.stop()).toBe(0);
    }
  });
});

describe('a fault that nobody caught', () => {
  it('P5 should be logged, turn readiness off, close the engine and end the process with 1 within 5 s', async () => {
    const server = await ServerProcess.start({
      nodeArguments: ['--import', `data:text/javascript,${encodeURIComponent(FAULT_ON_SIGUSR2)}`],
    });
    const engine = server.enginePid();
    const started = Date.now();
    server.child.kill('SIGUSR2');
    expect(await server.waitForExit(5000)).toBe(1);
    expect(Date.now() - started).toBeLessThan(5000);
    expect(server.logs).toContain('injected fault');
    await server.waitFor(() => !existsSync(`/proc/${engine}`), 'the engine to end', 5000);
    const again = await ServerProcess.start({ dataDir: server.dataDir });
    expect(await again.stop()).toBe(0);
  });
});
