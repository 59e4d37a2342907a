import { setTimeout as sleep } from 'node:timers/promises';
import { ApiClient } from '../support/api-client.js';
import { hoursOf, simulatedHours, untilEnded, workDays, writePoints } from '../support/report-tasks.js';
import { openServerStore } from '../support/server-store.js';
import { ServerProcess, temporaryFolder } from '../support/server.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

const KILLS = Number(process.env.KILL_RUNS ?? 3);
/** J1: within so long after the server is killed the task has ended. */
const LIMIT_MS = 90_000;
const DAY_MS = 86_400_000;
const FIRST_DAY = Date.parse('2025-10-01');
const BEN = workDays('ben', ['2025-10-28', '2025-10-29', '2025-10-30', '2025-11-03'], 3);

/** What happened to one task, for the table that is printed. */
interface Kill {
  afterMs: number;
  /** What the server had said last. */
  seen: string;
  status: string;
  endedMs: number;
}

describe('kill -9 during a report task', () => {
  it(
    `J1 J2 should end every task once, with its figures, over ${KILLS} kills of the server`,
    async () => {
      const receiver = await WebhookReceiver.start();
      const dataDir = temporaryFolder();
      const env = { RATE_LIMIT_ENABLED: 'false', WEBHOOK_ALLOW_PRIVATE: 'true' };
      let server = await ServerProcess.start({ dataDir, env });
      await new ApiClient(server.url).register('admin');
      const { accessToken } = await new ApiClient(server.url).register('ann');
      const client = () => new ApiClient(server.url, accessToken);
      await writePoints(client(), BEN, 'Turbo');
      expect((await client().post('/api/reports/webhooks', { url: receiver.url })).status).toBe(201);

      /** One that takes a while, and for each number another. */
      const order = (run: number) => {
        const start = FIRST_DAY + (run % 25) * DAY_MS;
        return {
          org: 'Turbo',
          users: ['ben', ...Array.from({ length: 49 }, (_, i) => `person ${i}`)],
          startDate: new Date(start).toISOString().slice(0, 10),
          endDate: new Date(start + 30 * DAY_MS).toISOString().slice(0, 10),
          tz: ['UTC', 'Asia/Kolkata', 'Europe/Berlin', 'America/New_York'][Math.floor(run / 25)],
        };
      };
      const generate = (run: number) =>
        client().post('/api/reports/generate', order(run), { headers: { 'idempotency-key': `run ${run}` } });

      // Without a kill: how long it takes.
      const before = performance.now();
      const first = (await generate(0)).body.taskId;
      expect((await untilEnded(client(), first)).body.status).toBe('completed');
      const usualMs = performance.now() - before;

      const taskIds: string[] = [first];
      const kills: Kill[] = [];
      for (let run = 1; run <= KILLS; run++) {
        const afterMs = Math.round(Math.random() * usualMs * 1.1);
        let taskId: string | undefined;
        let seen = 'no answer yet';
        const watching = (async () => {
          taskId = (await generate(run)).body.taskId;
          seen = '202';
          for (;;) {
            const { body } = await client().get(`/api/reports/status/${taskId}`);
            seen = `${body.status} ${body.progress} %`;
            await sleep(20);
          }
        })().catch(() => undefined);
        await sleep(afterMs);
        const killedAt = Date.now();
        await server.stop('SIGKILL');
        await watching;
        server = await ServerProcess.start({ dataDir, env });

        // As a client would that got no answer; it is the same task where there was one.
        const again = await generate(run);
        expect([200, 202]).toContain(again.status);
        taskId ??= again.body.taskId;
        expect(again.body.taskId).toBe(taskId);
        taskIds.push(taskId!);
        const { body } = await untilEnded(client(), taskId!, LIMIT_MS);
        kills.push({ afterMs, seen, status: body.status, endedMs: Date.now() - killedAt });
        expect(Date.now() - killedAt).toBeLessThan(LIMIT_MS);
        expect([body.status, body.error]).toEqual(['completed', undefined]);
        const { startDate, endDate, tz } = order(run);
        expect(hoursOf(body.report, 'ben')).toEqual(simulatedHours(BEN, { startDate, endDate, timeZone: tz! }));
      }
      console.log(
        `a task takes ${Math.round(usualMs)} ms; kills of the server:\n` +
          kills
            .map(({ afterMs, seen, status, endedMs }) => `after ${afterMs} ms (${seen}): ${status} ${endedMs} ms later`)
            .join('\n'),
      );

      const { tasks } = (await client().get('/api/reports/tasks?limit=200')).body;
      expect(tasks.map(({ taskId }: any) => taskId).sort()).toEqual([...taskIds].sort());
      const store = await openServerStore(server);
      try {
        const made = await store.collection('report_tasks').find().toArray();
        const parts = await store
          .collection('report_parts')
          .find({}, { projection: { data: 0 } })
          .toArray();
        // One text of each, and nothing of the runs that were cut off.
        expect(parts.map(({ taskId, fencingToken, part }) => [taskId, fencingToken, part]).sort()).toEqual(
          made
            .flatMap(({ _id, made: { parts: count, fencingToken } }) =>
              Array.from({ length: count as number }, (_, part) => [String(_id), fencingToken, part]),
            )
            .sort(),
        );
      } finally {
        await store.close();
      }
      // A message may arrive twice, when the server dies before it can note the answer: then with the same id.
      const told = () =>
        new Set(
          receiver.calls.map(({ body, headers }) => `${JSON.parse(body).data.taskId} ${String(headers['webhook-id'])}`),
        );
      await server.waitFor(() => told().size >= taskIds.length, 'all messages', LIMIT_MS);
      expect([...told()].map((call) => call.split(' ')[0]).sort()).toEqual([...taskIds].sort());
      expect(receiver.calls.map(({ body }) => JSON.parse(body).type)).toEqual(
        receiver.calls.map(() => 'report.completed'),
      );
      expect(await server.stop()).toBe(0);
      await receiver.stop();
    },
    60_000 + KILLS * 60_000,
  );
});
