import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { strFromU8, unzipSync } from 'fflate';
import { Webhook } from 'standardwebhooks';
import { ApiClient, type Answer } from '../support/api-client.js';
import { errorFaults } from '../support/error-answer.js';
import { afk, window } from '../support/activity-points.js';
import { hoursOf, readEvents, simulatedHours, untilEnded, workDays, writePoints } from '../support/report-tasks.js';
import { openServerStore } from '../support/server-store.js';
import { ServerProcess, temporaryFolder } from '../support/server.js';
import { WebhookReceiver } from '../support/webhook-receiver.js';

type Account = Awaited<ReturnType<ApiClient['register']>>;

const DATES = ['2025-11-17', '2025-11-18', '2025-11-19'];
const DAY = { org: 'Turbo', users: ['ben'], startDate: '2025-11-19', endDate: '2025-11-19' };
const WEEK = { org: 'Turbo', users: ['ben', 'eve', 'nobody'], weekStartDate: '2025-11-15', tz: 'Europe/Berlin' };
/** Takes a second or two, so that something can happen to it meanwhile. */
const LARGE = {
  org: 'Turbo',
  users: Array.from({ length: 50 }, (_, i) => `person ${i}`),
  startDate: '2025-08-01',
  endDate: '2025-10-31',
};
const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const BEN = workDays('ben', DATES, 7);
const EVE = workDays('eve', DATES, 8);
const ENV = {
  RATE_LIMIT_ENABLED: 'false',
  WEBHOOK_ALLOW_PRIVATE: 'true',
  LOG_LEVEL: 'debug',
  // Nobody listens there: keys of requests go nowhere.
  GEMINI_BASE_URL: 'http://127.0.0.1:9/',
};

describe('productivity report tasks', () => {
  const dataDir = temporaryFolder();
  let server: ServerProcess;
  let receiver: WebhookReceiver;
  let admin: Account;
  let ann: Account;
  let bob: Account;

  /** Clients keep their tokens when the server is started again. */
  async function start(env: Record<string, string>): Promise<void> {
    server = await ServerProcess.start({ dataDir, env: { ...ENV, ...env } });
  }

  const as = (account: Account): ApiClient => new ApiClient(server.url, account.accessToken);
  const generate = (body: object, headers: Record<string, string> = {}, account = ann): Promise<Answer> =>
    as(account).post('/api/reports/generate', body, { headers });

  async function completed(body: object, account = ann): Promise<any> {
    const { body: accepted } = await generate(body, {}, account);
    const { body: status } = await untilEnded(as(account), accepted.taskId);
    expect(status).toMatchObject({ taskId: accepted.taskId, status: 'completed', progress: 100 });
    return status;
  }

  beforeAll(async () => {
    receiver = await WebhookReceiver.start();
    // First without workers: tasks stay as they are until the server is started again.
    await start({ PROCESS_TYPE: 'api' });
    const api = new ApiClient(server.url);
    [admin, ann, bob] = [await api.register('admin'), await api.register('ann'), await api.register('bob')];
    for (const points of [BEN, EVE]) await writePoints(as(ann), points, 'Turbo');
    const hook = await as(ann).post('/api/reports/webhooks', { url: `${receiver.url}/all` });
    expect(hook.status).toBe(201);
  }, 60_000);

  afterAll(async () => {
    expect(await server.stop()).toBe(0);
    await receiver.stop();
  });

  describe('while nobody works on them', () => {
    afterEach(async () => {
      for (const { taskId } of (await as(ann).get('/api/reports/tasks?status=pending')).body.tasks)
        await as(ann).delete(`/api/reports/tasks/${taskId}`);
    });

    it('should answer a request with a task that waits', async () => {
      const answer = await generate({ ...DAY, tz: '', webhookUrl: null, accountId: '', orgId: null });
      expect(answer.status).toBe(202);
      expect(answer.body).toEqual({ taskId: expect.stringMatching(/^[0-9a-f-]{36}$/), status: 'pending' });
      const { taskId } = answer.body;
      const status = await as(ann).get(`/api/reports/status/${taskId}`);
      expect(status.status).toBe(200);
      expect(status.body).toEqual({ taskId, status: 'pending', progress: 0 });
      const exported = await as(ann).get(`/api/reports/${taskId}/export`);
      expect([exported.status, exported.body.code, errorFaults(exported)]).toEqual([409, 'REPORT_NOT_READY', []]);
    });

    it('should answer the same request with the same task, also at the same moment', async () => {
      const answers = await Promise.all(Array.from({ length: 8 }, () => generate(DAY)));
      expect(answers.map(({ status }) => status)).toEqual(answers.map(() => 202));
      expect(new Set(answers.map(({ body }) => body.taskId)).size).toBe(1);
      const { taskId } = answers[0]!.body;
      for (const same of [
        { ...DAY, tz: 'UTC' },
        { ...DAY, users: [{ name: 'ben' }, 'ben', { name: 'ben', id: null }] },
      ])
        expect((await generate(same)).body.taskId).toBe(taskId);
      const other = await generate({ ...DAY, tz: 'Europe/Berlin' });
      expect(other.body.taskId).not.toBe(taskId);
      // Somebody else's is another task, and of the organization they may not know.
      expect((await generate(DAY, {}, admin)).body.taskId).not.toBe(taskId);
    });

    it('D7 should carry out a request once for each Idempotency-Key', async () => {
      const key = { 'idempotency-key': 'nightly 2025-11-19' };
      const answers = await Promise.all(Array.from({ length: 8 }, () => generate(DAY, key)));
      expect(new Set(answers.map(({ status, body }) => `${status} ${body.taskId}`)).size).toBe(1);
      const first = answers[0]!;
      // Also when the task has ended meanwhile, where the request alone would make a new one.
      await as(ann).delete(`/api/reports/tasks/${first.body.taskId}`);
      const again = await generate(DAY, key);
      expect([again.status, again.body]).toEqual([202, first.body]);
      expect(again.headers.get('idempotency-replayed')).toBe('true');
      const fresh = await generate(DAY);
      expect(fresh.body.taskId).not.toBe(first.body.taskId);
      expect(fresh.headers.get('idempotency-replayed')).toBeNull();
      const reused = await generate({ ...DAY, users: ['eve'] }, key);
      expect([reused.status, reused.body.code, errorFaults(reused)]).toEqual([422, 'IDEMPOTENCY_KEY_REUSED', []]);
      // Keys are everyone's own.
      expect((await generate(DAY, key, admin)).body.taskId).not.toBe(first.body.taskId);
      // What was refused has used up no key.
      const corrected = { 'idempotency-key': 'corrected' };
      expect((await generate({ ...DAY, webhookUrl: 'https://a:b@example.com/' }, corrected)).status).toBe(400);
      expect((await generate(DAY, corrected)).status).toBe(202);
      for (const bad of ['', 'x'.repeat(256)]) {
        const refused = await generate(DAY, { 'idempotency-key': bad });
        expect([bad, refused.status, errorFaults(refused)]).toEqual([bad, 400, []]);
      }
    });

    it('J7 should let one user have three tasks and refuse more, without harm to others', async () => {
      const burst = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          generate({ ...DAY, users: [`u${i}`] }, i % 2 === 0 ? {} : { 'idempotency-key': `burst ${i}` }),
        ),
      );
      const refused = burst.filter(({ status }) => status !== 202);
      expect(burst.filter(({ status }) => status === 202)).toHaveLength(3);
      for (const answer of refused)
        expect([answer.status, answer.body.code, errorFaults(answer)]).toEqual([429, 'TOO_MANY_REPORT_TASKS', []]);
      expect((await as(ann).get('/api/reports/tasks?status=pending')).body.tasks).toHaveLength(3);
      expect((await generate({ ...DAY, users: ['eve'] }, {}, admin)).status).toBe(202);
      // A key whose request was refused is not used up.
      const [taken] = (await as(ann).get('/api/reports/tasks?status=pending')).body.tasks;
      await as(ann).delete(`/api/reports/tasks/${taken.taskId}`);
      const refusedAt = burst.findIndex(({ status }, i) => status === 429 && i % 2 === 1);
      const retried = await generate({ ...DAY, users: [`u${refusedAt}`] }, { 'idempotency-key': `burst ${refusedAt}` });
      expect(retried.status).toBe(202);
    });

    it('should cancel, and say so to whoever listens', async () => {
      const { taskId } = (await generate(DAY)).body;
      const path = `/api/reports/tasks/${taskId}`;
      const seen: string[] = [];
      let cancelling: Promise<Answer> | undefined;
      const messages = await readEvents(
        `${server.url}/api/reports/status/${taskId}/events`,
        ann.accessToken,
        ({ status }) => {
          seen.push(status);
          cancelling ??= as(ann).delete(path);
        },
      );
      expect(seen).toEqual(['pending', 'failed']);
      const failed = { taskId, status: 'failed', error: 'cancelled', code: 'CANCELLED' };
      expect(messages.at(-1)).toMatchObject(failed);
      expect([(await cancelling!).status, (await cancelling!).body]).toEqual([200, expect.objectContaining(failed)]);
      expect((await as(ann).get(`/api/reports/status/${taskId}`)).body).toMatchObject(failed);
      // Once more is fine.
      expect((await as(ann).delete(path)).body).toMatchObject(failed);
    });

    it('should close streams of events that nobody reads any more', async () => {
      const { taskId } = (await generate(DAY)).body;
      const path = `/api/reports/status/${taskId}/events`;
      const open = async (): Promise<number> =>
        Number(
          /^almanac_report_event_streams(?:\{.*\})? (\d+)$/m.exec((await as(admin).get('/api/v1/metrics')).text)![1],
        );
      const stop = new AbortController();
      const headers = { authorization: `Bearer ${ann.accessToken}` };
      // Kept until they are counted: a stream whose answer is collected as garbage is closed.
      const answers: Response[] = [];
      for (let i = 0; i < 5; i++) answers.push(await fetch(server.url + path, { headers, signal: stop.signal }));
      expect(await open()).toBe(5);
      expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
      stop.abort();
      await server.waitFor(async () => (await open()) === 0, 'the streams to be closed');
    });

    it('should let one user have fifty streams, and others theirs', async () => {
      const listen = async (account: Account, signal: AbortSignal): Promise<Response> => {
        const { taskId } = (await generate(DAY, {}, account)).body;
        const headers = { authorization: `Bearer ${account.accessToken}` };
        return fetch(`${server.url}/api/reports/status/${taskId}/events`, { headers, signal });
      };
      const stop = new AbortController();
      const answers = await Promise.all(Array.from({ length: 55 }, () => listen(ann, stop.signal)));
      const refused = answers.filter(({ status }) => status !== 200);
      expect(refused).toHaveLength(5);
      for (const answer of refused) {
        expect([answer.status, ((await answer.json()) as { code: string }).code]).toEqual([
          429,
          'TOO_MANY_OWN_EVENT_STREAMS',
        ]);
      }
      expect((await listen(admin, stop.signal)).status).toBe(200);
      stop.abort();
      await server.waitFor(async () => {
        const again = new AbortController();
        const { status } = await listen(ann, again.signal);
        again.abort();
        return status === 200;
      }, 'a stream after others were closed');
    });
  });

  describe('with the server killed and started again', () => {
    const kept: string[] = [];

    beforeAll(async () => {
      kept.push(
        (await generate(DAY)).body.taskId,
        (await as(ann).post('/api/reports/generate-weekly', WEEK)).body.taskId,
      );
      await server.stop('SIGKILL');
      await start({});
    }, 60_000);

    it('J1 should carry out what was waiting, with the figures of an independent count', async () => {
      const [day, week] = await Promise.all(kept.map(async (taskId) => (await untilEnded(as(ann), taskId)).body));
      expect([day.status, week.status]).toEqual(['completed', 'completed']);
      expect(hoursOf(day.report, 'ben')).toEqual(simulatedHours(BEN, { ...DAY, timeZone: 'UTC' }));
      const period = { startDate: '2025-11-15', endDate: '2025-11-21', timeZone: 'Europe/Berlin' };
      expect(hoursOf(week.report, 'ben')).toEqual(simulatedHours(BEN, period));
      expect(hoursOf(week.report, 'eve')).toEqual(simulatedHours(EVE, period));
      expect(hoursOf(week.report, 'nobody')).toEqual(simulatedHours({ afk: [], windows: [] }, period));

      const [organization] = week.report.organizations;
      expect(organization.weeklySummary.top5Employees.length).toBeGreaterThan(0);
      expect(organization.weeklyUserSummaries).toHaveLength(3);
      expect(organization.userRanking.rankings.map(({ userName }: any) => userName).sort()).toEqual(['ben', 'eve']);
      expect(day.report.organizations[0]).not.toHaveProperty('weeklySummary');
      expect(week.report.periodAnalyzed).toEqual(period);
      const schema = JSON.parse(readFileSync(resolve('schemas/report.schema.json'), 'utf8'));
      const validate = new Ajv2020({ allErrors: true, strict: false, logger: false }).compile(schema);
      for (const { report } of [day, week]) expect([validate(report), validate.errors]).toEqual([true, null]);
    });

    it('L2 should export the tasks of an account with their reports', async () => {
      const eric = await new ApiClient(server.url).register('eric');
      await as(eric).post('/api/orgs', { name: 'Org of Eric' });
      await completed({ ...DAY, org: 'Org of Eric' }, eric);
      const archive = await fetch(`${server.url}/api/auth/export`, {
        headers: { authorization: `Bearer ${eric.accessToken}` },
      });
      const files = unzipSync(new Uint8Array(await archive.arrayBuffer()));
      const [, tasks] = Object.entries(files).find(([name]) => name.includes('productivity-reports'))!;
      expect(strFromU8(tasks)).toContain('"hourlyBreakdown"');
      expect(strFromU8(tasks)).not.toContain('Turbo');
    });

    it('should list them, the newest first', async () => {
      const { tasks } = (await as(ann).get('/api/reports/tasks')).body;
      expect(tasks.slice(0, 2)).toEqual([
        expect.objectContaining({ taskId: kept[1], status: 'completed', weekly: true, users: WEEK.users, tz: WEEK.tz }),
        {
          taskId: kept[0],
          status: 'completed',
          progress: 100,
          ...DAY,
          tz: 'UTC',
          weekly: false,
          createdAt: expect.any(String),
          endedAt: expect.any(String),
        },
      ]);
      const failed = (await as(ann).get('/api/reports/tasks?status=failed&limit=2')).body.tasks;
      expect(failed.map(({ status, error }: any) => [status, error])).toEqual([
        ['failed', 'cancelled'],
        ['failed', 'cancelled'],
      ]);
      expect((await as(ann).get('/api/reports/tasks?limit=1000000&status=')).status).toBe(200);
      for (const query of ['limit=-1', 'limit=x', 'status=done', 'status=failed&status=failed']) {
        const answer = await as(ann).get(`/api/reports/tasks?${query}`);
        expect([query, answer.status, errorFaults(answer)]).toEqual([query, 400, []]);
      }
      expect((await as(bob).get('/api/reports/tasks')).body).toEqual({ tasks: [] });
      expect((await as(admin).get('/api/reports/tasks?limit=200')).body.tasks.length).toBeGreaterThan(tasks.length);
    });

    it('should tell of progress by events, the last of which holds the report', async () => {
      const { taskId } = (await generate({ ...LARGE, startDate: '2025-10-22' })).body;
      const messages = await readEvents(`${server.url}/api/reports/status/${taskId}/events`, ann.accessToken);
      const progress = messages.map((message) => message.progress as number);
      expect(progress).toEqual([...progress].sort((a, b) => a - b));
      const last = messages.pop();
      expect(new Set(messages.map(({ status, report }) => `${status} ${report}`)).size).toBeLessThanOrEqual(2);
      expect(last).toEqual((await as(ann).get(`/api/reports/status/${taskId}`)).body);
      expect(last.status).toBe('completed');
      // Of an ended task it is the one message.
      expect(await readEvents(`${server.url}/api/reports/status/${taskId}/events`, ann.accessToken)).toEqual([last]);
    });

    it('should reuse a finished report until its data change', async () => {
      const first = await completed({ ...DAY, users: ['eve'] });
      const again = await generate({ ...DAY, users: ['eve'] });
      expect([again.status, again.body]).toEqual([200, { taskId: first.taskId, status: 'completed' }]);
      // Points of others, and of other times, are none of it.
      await writePoints(as(ann), { afk: [{ ...afk('2025-12-24T10:00:00Z', 60), user: 'eve' }], windows: [] }, 'Turbo');
      expect((await generate({ ...DAY, users: ['eve'] })).status).toBe(200);
      const late = { ...afk('2025-11-19T04:10:00Z', 600), user: 'eve' };
      await writePoints(as(ann), { afk: [late], windows: [] }, 'Turbo');
      const changed = await completed({ ...DAY, users: ['eve'] });
      expect(changed.taskId).not.toBe(first.taskId);
      const points = { ...EVE, afk: [...EVE.afk, late] };
      expect(hoursOf(changed.report, 'eve')).toEqual(simulatedHours(points, { ...DAY, timeZone: 'UTC' }));
      // What was made stays as it was.
      expect((await as(ann).get(`/api/reports/status/${first.taskId}`)).body).toEqual(first);
    });

    it('should cancel what is running, and leave nothing of it', async () => {
      // One that was ready before the cancellation arrived proves nothing: another one, of other days.
      let taskId = '';
      let cancelled: Answer | undefined;
      for (const startDate of ['2025-10-23', '2025-10-24', '2025-10-25', '2025-10-26']) {
        taskId = (await generate({ ...LARGE, startDate })).body.taskId;
        const status = async () => (await as(ann).get(`/api/reports/status/${taskId}`)).body.status;
        await server.waitFor(async () => (await status()) !== 'pending', 'the task to begin');
        cancelled = await as(ann).delete(`/api/reports/tasks/${taskId}`);
        if (cancelled.status !== 409) break;
      }
      expect([cancelled?.status, cancelled?.body.error]).toEqual([200, 'cancelled']);
      expect((await as(ann).get(`/api/reports/status/${taskId}`)).body).toMatchObject({ status: 'failed' });
      // That nothing of it stays, the last test looks at.
      const ended = await as(ann).delete(`/api/reports/tasks/${kept[0]}`);
      expect([ended.status, errorFaults(ended)]).toEqual([409, []]);
    });

    it('should export as a page, a table and JSON', async () => {
      const [day] = kept;
      const { report } = (await as(ann).get(`/api/reports/status/${day}`)).body;
      const json = await as(ann).get(`/api/reports/${day}/export?format=json`);
      expect([json.status, json.body]).toEqual([200, report]);
      expect((await as(ann).get(`/api/reports/${day}/export`)).body).toEqual(report);
      expect(json.headers.get('content-disposition')).toBe(
        'attachment; filename="productivity-Turbo-ben-2025-11-19.json"',
      );
      const [{ hourlyBreakdown, totalActiveMinutes }] = report.organizations[0].users[0].dailyReports;
      const csv = await as(ann).get(`/api/reports/${day}/export?format=csv`);
      expect(csv.headers.get('content-type')).toBe('text/csv; charset=utf-8');
      const [head, ...rows] = csv.text.trim().split(/\r?\n/);
      const column = head!.split(',').indexOf('activeMinutes');
      expect(rows.map((row) => Number(row.split(',')[column]))).toEqual(
        hourlyBreakdown.map(({ activeMinutes }: any) => activeMinutes),
      );
      const html = await as(ann).get(`/api/reports/${day}/export?format=html`);
      expect(html.headers.get('content-type')).toBe('text/html; charset=utf-8');
      expect(html.text).toContain('<svg');
      expect(html.text).toContain('ben');
      expect(html.text).toMatch(/^<!doctype html>/i);
      expect(html.text).not.toMatch(/<script|src="http|href="http/i);
      expect(totalActiveMinutes).toBeGreaterThan(0);
      for (const format of ['pdf', 'JSON', '__proto__']) {
        const answer = await as(ann).get(`/api/reports/${day}/export?format=${format}`);
        expect([format, answer.status, errorFaults(answer)]).toEqual([format, 400, []]);
      }
    });

    it('I6 should export titles with any character, line separators of Unicode among them', async () => {
      const names = ['a\u2028b', 'c\u2029d', 'e\u0085f', '"{\u2028"date":', 'g\\h'];
      const points = {
        afk: [{ ...afk('2025-11-20T09:00:00Z', 3600), user: 'uma' }],
        windows: names.map((name, i) => ({
          ...window(`2025-11-20T09:${10 * i + 10}:00Z`, 300, `app ${name}`, `title ${name}`),
          user: 'uma',
        })),
      };
      await writePoints(as(ann), points, 'Turbo');
      const period = { startDate: '2025-11-20', endDate: '2025-11-21' };
      const { taskId, report } = await completed({ org: 'Turbo', users: ['uma'], ...period });
      const text = JSON.stringify(report);
      for (const name of names) expect(text).toContain(JSON.stringify(`app ${name}`).slice(1, -1));
      const json = await as(ann).get(`/api/reports/${taskId}/export?format=json`);
      expect([json.status, json.body]).toEqual([200, report]);
      const csv = await as(ann).get(`/api/reports/${taskId}/export?format=csv`);
      expect(csv.text.match(/^"?2025-11-2[01]|2025-11-2[01]/gm)!.length).toBeGreaterThanOrEqual(48);
      const html = await as(ann).get(`/api/reports/${taskId}/export?format=html`);
      expect([html.status, html.text.trimEnd().endsWith('</html>')]).toEqual([200, true]);
    });

    it('A13 should not know the tasks and organizations of others', async () => {
      const routes: [string, string][] = [
        ['GET', '/api/reports/status/{}'],
        ['GET', '/api/reports/status/{}/events'],
        ['GET', '/api/reports/{}/export'],
        ['GET', '/api/reports/{}/export?format=html'],
        ['DELETE', '/api/reports/tasks/{}'],
      ];
      for (const [method, path] of routes) {
        const answers: unknown[] = [];
        for (const id of [kept[0]!, UNKNOWN, 'x', encodeURIComponent('{"$gt":""}'), 'a%00b']) {
          const answer = await as(bob).request(method, path.replace('{}', id));
          answers.push([answer.status, { ...answer.body, requestId: '' }]);
        }
        expect(answers[0]).toEqual([404, expect.objectContaining({ error: 'task not found' })]);
        expect([path, answers.slice(1, 4)]).toEqual([path, answers.slice(1, 4).map(() => answers[0])]);
        expect([path, (answers[4] as [number])[0]]).toEqual([path, 400]);
      }
      expect((await as(ann).get(`/api/reports/status/${kept[0]}`)).body.status).toBe('completed');
      expect((await as(admin).get(`/api/reports/status/${kept[0]}`)).body.status).toBe('completed');
      const foreign = await generate(DAY, {}, bob);
      const unknown = await generate({ ...DAY, org: 'Nowhere' }, {}, bob);
      expect([foreign.status, errorFaults(foreign)]).toEqual([404, []]);
      expect({ ...unknown.body, requestId: '' }).toEqual({ ...foreign.body, requestId: '' });
      // A member reports on oneself.
      const member = { email: bob.email, role: 'member', userName: 'eve' };
      expect((await as(ann).post('/api/orgs/Turbo/members', member)).status).toBeLessThan(300);
      expect((await generate(DAY, {}, bob)).status).toBe(404);
      const own = await completed({ ...DAY, users: ['eve'] }, bob);
      expect(own.report.organizations[0].users[0].userName).toBe('eve');
    });

    it('A12 should serve API keys with the scope read, and no others', async () => {
      const keyOf = async (scope: string): Promise<string> =>
        (await as(ann).post('/api/auth/api-keys', { name: scope, scopes: [scope] })).body.key;
      const [read, ingest] = [await keyOf('read'), await keyOf('ingest')];
      const api = new ApiClient(server.url);
      expect((await api.post('/api/reports/generate', DAY, { apiKey: read })).body.taskId).toBe(kept[0]);
      expect((await api.get(`/api/reports/status/${kept[0]}`, { apiKey: read })).status).toBe(200);
      expect((await api.delete(`/api/reports/tasks/${kept[0]}`, undefined, { apiKey: read })).status).toBe(403);
      expect((await api.post('/api/reports/generate', DAY, { apiKey: ingest })).status).toBe(403);
      expect((await api.get(`/api/reports/status/${kept[0]}`, { apiKey: ingest })).status).toBe(403);
    });

    it('I5 I8 should answer bad requests with a sentence, and make no task', async () => {
      const before = (await as(ann).get('/api/reports/tasks?limit=200')).body.tasks.length;
      const bad: [string, object][] = [
        ['org', { org: undefined }],
        ['org', { org: '' }],
        ['org', { org: { $gt: '' } }],
        ['org', { org: 'x'.repeat(201) }],
        ['users', { users: undefined }],
        ['users', { users: [] }],
        ['users', { users: 'ben' }],
        ['users', { users: [''] }],
        ['users', { users: [{ id: 'u' }] }],
        ['users', { users: [{ name: 'ben', id: 5 }] }],
        ['users', { users: [{ name: 'ben', role: 'admin' }] }],
        ['users', { users: [['ben']] }],
        ['users', { users: Array.from({ length: 51 }, (_, i) => `u${i}`) }],
        ['startDate', { startDate: undefined }],
        ['startDate', { startDate: '2025-11-31' }],
        ['startDate', { startDate: '2025-02-29', endDate: '2025-03-01' }],
        ['startDate', { startDate: '2025-11-19T00:00:00Z' }],
        ['startDate', { startDate: 20251119 }],
        ['startDate', { startDate: '2025-11-20' }],
        ['endDate', { startDate: '2025-08-19' }],
        ['endDate', { endDate: '' }],
        ['tz', { tz: 'Mars/Olympus' }],
        ['tz', { tz: '+25:99' }],
        ['tz', { tz: 5 }],
        ['webhookUrl', { webhookUrl: 'javascript:alert(1)' }],
        ['webhookUrl', { webhookUrl: 'http://ann:secret@127.0.0.1/' }],
        ['webhookUrl', { webhookUrl: ['http://127.0.0.1/'] }],
        ['accountId', { accountId: { a: 1 } }],
        ['geminiApiKey', { geminiApiKey: 'two words' }],
        ['userId', { userId: 'someone' }],
        ['_id', { _id: 'x' }],
      ];
      for (const [field, changes] of bad) {
        const answer = await generate({ ...DAY, ...changes });
        expect([changes, answer.status, errorFaults(answer)]).toEqual([changes, 400, []]);
        expect([changes, answer.text.includes(field)]).toEqual([changes, true]);
      }
      const weekly = { org: 'Turbo', users: ['ben'] };
      for (const weekStartDate of [undefined, '', '2025-11-31', '2025-13-01', 7, '9999-12-30']) {
        const answer = await as(ann).post('/api/reports/generate-weekly', { ...weekly, weekStartDate });
        expect([weekStartDate, answer.status, errorFaults(answer)]).toEqual([weekStartDate, 400, []]);
      }
      expect((await as(ann).post('/api/reports/generate-weekly', DAY)).status).toBe(400);
      expect((await as(ann).get('/api/reports/tasks?limit=200')).body.tasks).toHaveLength(before);
    });

    it('X6 should take names for names, whatever is in them', async () => {
      const hostile = [
        'a" or r.user != "',
        'x" |> drop()',
        "o'hara",
        'back\\slash',
        '\\"',
        '${org}',
        '{"$ne":null}',
        '日本',
      ];
      const org = 'Tur"bo |> filter(fn: (r) => true) \\ x';
      for (const [i, user] of hostile.entries()) {
        const point = { user, host: 'desk', start: Date.parse('2025-11-19T09:00:00Z'), durationMs: (i + 1) * 60_000 };
        await writePoints(as(bob), { afk: [{ ...point, status: 'active' }], windows: [] }, org);
      }
      const day = { ...DAY, org, users: [...hostile, 'ben', 'new\nline', '*', '.*'] };
      const { report } = await completed(day, bob);
      expect(report.organizations[0].organizationName).toBe(org);
      expect(
        report.organizations[0].users.map(({ userName, overallReport }: any) => [
          userName,
          overallReport.totalActiveMinutes,
        ]),
      ).toEqual([...hostile.map((user, i) => [user, i + 1]), ['ben', 0], ['new\nline', 0], ['*', 0], ['.*', 0]]);
      const html = (await as(bob).get(`/api/reports/${(await generate(day, {}, bob)).body.taskId}/export?format=html`))
        .text;
      expect(html).not.toContain('{"$ne":null}');
      // An administrator may ask for any name, also for one that cannot be written in a line.
      const empty = await completed({ ...day, org: 'Turbo\n" or true', users: ['ben'] }, admin);
      expect(empty.report.organizations[0].users[0].overallReport.totalActiveMinutes).toBe(0);
      for (const foreign of ['Turbo"', 'Tur', '.*', 'Turbo\n', 'turbo'])
        expect([foreign, (await generate({ ...DAY, org: foreign }, {}, bob)).status]).toEqual([foreign, 404]);
    });

    it('should narrow the points by the ids of their tags', async () => {
      const line = (user_id: string, minute: number) =>
        `afk_status,status=active,hostname=h,user=ida,org=Turbo,user_id=${user_id},account_id=acc,org_id=o1 duration=60 ` +
        `${Date.parse('2025-11-19T09:00:00Z') + minute * 60_000}`;
      const raw = [line('u1', 0), line('u2', 1), line('u2', 2)].join('\n');
      const written = await as(ann).request('POST', '/api/v2/write?precision=ms', {
        raw,
        headers: { 'content-type': 'text/plain' },
      });
      expect(written.status).toBe(204);
      const minutes = async (changes: object): Promise<number[]> => {
        const { report } = await completed({ ...DAY, users: ['ida'], ...changes });
        return report.organizations[0].users.map(({ overallReport }: any) => overallReport.totalActiveMinutes);
      };
      expect(await minutes({})).toEqual([3]);
      expect(
        await minutes({
          users: [
            { name: 'ida', id: 'u1' },
            { name: 'ida', id: 'u2' },
          ],
        }),
      ).toEqual([1, 2]);
      expect(await minutes({ accountId: 'acc', orgId: 'o1' })).toEqual([3]);
      expect(await minutes({ accountId: 'other' })).toEqual([0]);
    });

    it('W1 should send the end of tasks to webhooks, signed', async () => {
      const url = `${receiver.url}/this-task`;
      const order = { ...DAY, users: ['ben', 'eve'], webhookUrl: url };
      const first = (await generate(order)).body;
      expect(first.webhook).toMatchObject({ url, secret: expect.stringMatching(/^whsec_/) });
      await untilEnded(as(ann), first.taskId);
      const callsOf = (path: string, taskId: string) =>
        receiver.calls.filter((call) => call.path === path && JSON.parse(call.body).data.taskId === taskId);
      await server.waitFor(() => callsOf('/this-task', first.taskId).length > 0, 'the message to arrive');
      const [call] = callsOf('/this-task', first.taskId);
      const message: any = new Webhook(first.webhook.secret).verify(
        call!.body,
        call!.headers as Record<string, string>,
      );
      expect(message).toEqual({
        type: 'report.completed',
        timestamp: expect.any(String),
        data: expect.objectContaining({
          taskId: first.taskId,
          status: 'completed',
          org: 'Turbo',
          userCount: 2,
          startDate: DAY.startDate,
          endDate: DAY.endDate,
          statusPath: `/api/reports/status/${first.taskId}`,
        }),
      });
      expect(() => new Webhook(first.webhook.secret).verify(`${call!.body} `, call!.headers as any)).toThrow();
      // The registered one is told, too, also of what was cancelled while no worker ran.
      await server.waitFor(() => callsOf('/all', first.taskId).length > 0, 'the other message');
      const cancelled = (await as(ann).get('/api/reports/tasks?status=failed&limit=1')).body.tasks[0].taskId;
      await server.waitFor(() => callsOf('/all', cancelled).length > 0, 'the message of a cancelled task');
      expect(JSON.parse(callsOf('/all', cancelled)[0]!.body)).toMatchObject({
        type: 'report.failed',
        data: { status: 'failed', error: 'cancelled' },
      });
      for (const { body } of receiver.calls) expect(body).not.toContain('hourlyBreakdown');

      // The secret is shown once; with an Idempotency-Key its answer can be repeated.
      const again = await generate(order);
      expect([again.status, again.body]).toEqual([
        200,
        { taskId: first.taskId, status: 'completed', webhook: { id: first.webhook.id, url } },
      ]);
      const keyed = { ...DAY, webhookUrl: `${receiver.url}/keyed` };
      const [one, two] = [
        await generate(keyed, { 'idempotency-key': 'webhook' }),
        await generate(keyed, { 'idempotency-key': 'webhook' }),
      ];
      expect(one.body.webhook.secret).toMatch(/^whsec_/);
      expect([two.status, two.body]).toEqual([one.status, one.body]);
      // Another secret than that of the answer is for its owner alone.
      const { id: keyedId } = one.body.webhook;
      expect((await as(ann).post(`/api/reports/webhooks/${keyedId}/rotate-secret`)).status).toBe(200);
      const withoutSecret = { ...one.body, webhook: { id: keyedId, url: keyed.webhookUrl } };
      expect((await generate(keyed, { 'idempotency-key': 'webhook' })).body).toEqual(withoutSecret);
      const owned = { ...DAY, webhookUrl: `${receiver.url}/owned` };
      expect((await generate(owned, { 'idempotency-key': 'owned' })).body.webhook.secret).toMatch(/^whsec_/);
      expect((await as(ann).post('/api/reports/webhooks', { url: owned.webhookUrl })).status).toBe(201);
      expect((await generate(owned, { 'idempotency-key': 'owned' })).body.webhook.secret).toBeUndefined();
      // A report that was there already is told of as well.
      await server.waitFor(() => callsOf('/keyed', one.body.taskId).length > 0, 'the message on a reused report');
      const ids = receiver.calls.map(({ path, headers }) => `${path} ${String(headers['webhook-id'])}`);
      expect(new Set(ids).size).toBe(ids.length);
    });

    it('S2 should neither store nor log the Gemini key of a request', async () => {
      const canary = 'AIza-canary-of-a-request';
      const { taskId } = (await generate({ ...DAY, users: ['keyed'], geminiApiKey: canary })).body;
      expect((await untilEnded(as(ann), taskId)).body.status).toBe('completed');
      // Another report than the one without a key, which is kept for itself.
      expect((await generate({ ...DAY, users: ['keyed'] })).body.taskId).not.toBe(taskId);
      expect(server.logs).not.toContain(canary);
      const store = await openServerStore(server);
      try {
        for (const { name } of await store.db!.listCollections().toArray()) {
          for await (const document of store.db!.collection(name).find())
            expect([name, JSON.stringify(document).includes(canary)]).toEqual([name, false]);
        }
      } finally {
        await store.close();
      }
      for (const file of ['almanac.sqlite', 'almanac.sqlite-wal'])
        expect(readFileSync(resolve(dataDir, file)).includes(canary)).toBe(false);
    });

    it('J2 should keep one text for each report, and none of what was cancelled', async () => {
      const store = await openServerStore(server);
      try {
        await server.waitFor(async () => {
          const tasks = await store
            .collection('report_tasks')
            .find({}, { projection: { made: 1 } })
            .toArray();
          const parts = await store
            .collection('report_parts')
            .find({}, { projection: { data: 0 } })
            .toArray();
          const expected = tasks.flatMap(({ _id, made }) =>
            Array.from({ length: made?.parts ?? 0 }, (_, part) => `${String(_id)} ${made.fencingToken} ${part}`),
          );
          const kept = parts.map(({ taskId, fencingToken, part }) => `${taskId} ${fencingToken} ${part}`);
          return JSON.stringify(kept.sort()) === JSON.stringify(expected.sort());
        }, 'the parts to be those of the completed tasks');
      } finally {
        await store.close();
      }
    });

    it('I1 should have logged no error', () => {
      expect(server.logs.split('\n').filter((line) => /"level":"(?:error|fatal)"/.test(line))).toEqual([]);
    });
  });
});
