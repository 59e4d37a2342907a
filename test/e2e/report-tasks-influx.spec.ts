import { ApiClient } from '../support/api-client.js';
import { InfluxDouble } from '../support/influx-double/influx-double.js';
import { hoursOf, simulatedHours, untilEnded, workDays, writePoints } from '../support/report-tasks.js';
import { ServerProcess } from '../support/server.js';

const DAY = { org: 'Turbo', users: ['ben'], startDate: '2025-11-19', endDate: '2025-11-19' };
const BEN = workDays('ben', ['2025-11-18', '2025-11-19'], 5);

describe('report tasks on an InfluxDB that fails now and then', () => {
  let influx: InfluxDouble;
  let server: ServerProcess;
  let client: ApiClient;

  beforeAll(async () => {
    influx = await InfluxDouble.start();
    server = await ServerProcess.start({ env: { ...influx.env, RATE_LIMIT_ENABLED: 'false' } });
    client = (await new ApiClient(server.url).register('ann')).client;
    await writePoints(client, BEN, 'Turbo');
  }, 60_000);

  afterAll(async () => {
    await server.stop();
    await influx.stop();
  });

  const generate = async () => (await client.post('/api/reports/generate', DAY)).body;

  it('should fail with a sentence that names the cause, keep nothing of it, and work again', async () => {
    // Of an answer that began well; every attempt gets it.
    for (let i = 0; i < 50; i++)
      influx.faults.query.push({ kind: 'error', afterLines: 1, message: 'panic at /var/lib/influxdb/engine' });
    const failed = await generate();
    const { body } = await untilEnded(client, failed.taskId);
    expect(body).toEqual({
      taskId: failed.taskId,
      status: 'failed',
      progress: expect.any(Number),
      error: expect.stringContaining('InfluxDB'),
      code: 'INFLUXDB_FAILED',
    });
    expect(body.error).not.toMatch(/panic|engine/);
    const exported = await client.get(`/api/reports/${failed.taskId}/export`);
    expect([exported.status, exported.body.code]).toEqual([409, 'REPORT_NOT_READY']);

    influx.faults.query.length = 0;
    const next = await generate();
    expect([next.status, next.taskId === failed.taskId]).toEqual(['pending', false]);
    const { report } = (await untilEnded(client, next.taskId)).body;
    expect(hoursOf(report, 'ben')).toEqual(simulatedHours(BEN, { ...DAY, timeZone: 'UTC' }));
    expect(await generate()).toEqual({ taskId: next.taskId, status: 'completed' });
    // A failure of the moment is got over by the next attempt.
    await writePoints(client, { afk: [{ ...BEN.afk[0]!, start: BEN.afk[0]!.start + 1000 }], windows: [] }, 'Turbo');
    influx.faults.query.push({ kind: 'cut', afterBytes: 1 });
    const again = await client.post('/api/reports/generate', { ...DAY, startDate: '2025-11-18' });
    expect((await untilEnded(client, again.body.taskId)).body.status).toBe('completed');
  }, 90_000);
});
