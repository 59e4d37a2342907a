import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { generateWhoopMember, type WhoopJson } from '../../src/demo/whoop-member.js';
import { ApiClient, type Answer } from '../support/api-client.js';
import { ServerProcess, temporaryFolder } from '../support/server.js';
import { CLIENT_ID, CLIENT_SECRET, WhoopDouble } from '../support/whoop/whoop-double.js';
import { truthOf, type Shown } from '../support/whoop/whoop-truth.js';

const PASSWORD = 'correct horse battery';

/** Numbers to one decimal over those that are there; 0 for none. */
const mean = (values: (number | null)[]): number => {
  const present = values.filter((value) => value !== null);
  return present.length === 0 ? 0 : Number((present.reduce((a, b) => a + b, 0) / present.length).toFixed(1));
};

describe('the WHOOP dashboard over HTTP', () => {
  const dataDir = temporaryFolder();
  let double: WhoopDouble;
  let server: ServerProcess;
  let admin: ApiClient;
  let granted: ApiClient;
  let stranger: ApiClient;
  let truth: Shown;

  const env = (): Record<string, string> => ({
    WHOOP_CLIENT_ID: CLIENT_ID,
    WHOOP_CLIENT_SECRET: CLIENT_SECRET,
    WHOOP_API_URL: double.url,
    RATE_LIMIT_ENABLED: 'false',
    LOG_LEVEL: 'trace',
  });

  beforeAll(async () => {
    double = await WhoopDouble.start(generateWhoopMember({ seed: 11, end: Date.now() - 3_600_000, days: 80 }));
    double.rate.limit = 10_000;
    truth = truthOf(double.member);
    server = await ServerProcess.start({ dataDir, env: env() });
    const api = new ApiClient(server.url);
    admin = (await api.register('admin', PASSWORD)).client;
    const user = await api.register('granted', PASSWORD);
    granted = user.client;
    stranger = (await api.register('stranger', PASSWORD)).client;
    const answer = await admin.patch(`/api/admin/users/${user.user.id}`, { grants: ['whoop'] });
    expect(answer.status).toBe(200);
  });

  afterAll(async () => {
    await server.stop();
    await double.close();
    expect(double.complaints).toEqual([]);
    expect(double.tokens.spentAgain).toEqual([]);
  });

  /** Newest first by what names the time of a record. */
  const latestDates = (records: WhoopJson[]) => records.map(({ date }) => date as string).sort();

  it('should say what is missing before an account is linked', async () => {
    expect((await granted.get('/api/whoop/status')).body).toMatchObject({
      configured: false,
      has_access_token: false,
      has_refresh_token: false,
      has_client_credentials: true,
      authenticated: false,
    });
    const notLinked = { error: 'Whoop API not configured', setup_url: '/api/whoop/auth/authorize-url' };
    for (const path of ['refresh', 'sync/incremental', 'sync/full?days=30']) {
      const answer = await admin.post(`/api/whoop/${path}`);
      expect([answer.status, answer.body]).toEqual([400, expect.objectContaining(notLinked)]);
      expect(typeof answer.body.details).toBe('string');
    }
    const today = await admin.get('/api/whoop/refresh/today');
    expect([today.status, today.body]).toEqual([
      200,
      { status: 'skipped', reason: 'Whoop API not configured', message: 'Using cached data from database' },
    ]);
    expect(await granted.get('/api/whoop/profile')).toMatchObject({
      status: 400,
      body: { error: 'Whoop API not configured and no cached profile' },
    });
    expect(await granted.get('/api/whoop/recovery/latest')).toMatchObject({
      status: 404,
      body: { error: 'No recovery data found' },
    });
    expect(await granted.get('/api/whoop/sleep/latest')).toMatchObject({
      status: 404,
      body: { error: 'No sleep data found' },
    });
    expect((await granted.get('/api/whoop/recovery')).body).toEqual([]);
    expect((await granted.get('/api/whoop/metrics')).body).toMatchObject({
      period_days: 30,
      recovery: { average_score: 0, max_score: 0, min_score: 0, total_records: 0 },
      sleep: { average_hours: 0 },
      strain: { max_daily_strain: 0 },
    });
    expect((await granted.get('/api/whoop/sync/status')).body).toMatchObject({ last_sync: null, total_records: 0 });
  });

  it('should keep data and doings to those who may', async () => {
    const reads = ['recovery', 'sleep', 'workouts', 'cycles', 'metrics', 'profile', 'sync/status', 'status', 'export'];
    for (const path of reads) expect((await stranger.get(`/api/whoop/${path}`)).status).toBe(403);
    const doings: Promise<Answer>[] = [
      granted.post('/api/whoop/refresh'),
      granted.get('/api/whoop/refresh/today'),
      granted.get('/api/whoop/auth/test'),
      granted.get('/api/whoop/auth/authorize-url'),
      granted.post('/api/whoop/auth/exchange-code', { code: 'x' }),
      granted.delete('/api/whoop/auth'),
      granted.delete('/api/whoop/data?confirm=true'),
      granted.get('/api/whoop/api/recovery'),
    ];
    for (const answer of await Promise.all(doings)) expect(answer.status).toBe(403);
    const { body } = await granted.post('/api/auth/api-keys', { name: 'read', scopes: ['read'] });
    const withKey = new ApiClient(server.url);
    expect((await withKey.get('/api/whoop/recovery', { apiKey: body.key })).status).toBe(200);
    expect((await withKey.get('/api/whoop/recovery')).status).toBe(401);
  });

  it('should link in the browser, and sync by itself from then on', async () => {
    const { body } = await admin.get('/api/whoop/auth/authorize-url');
    expect(body).toMatchObject({
      state: expect.stringMatching(/^\w{8}$/),
      instructions: { step1: expect.any(String) },
    });
    const code = double.tokens.giveCode(body.redirect_uri);
    const browser = new ApiClient(server.url);
    const wrong = await browser.get(`/api/whoop/auth/callback?code=${code}&state=AAAAAAAA`);
    expect([wrong.status, typeof wrong.body.error]).toEqual([400, 'string']);
    const page = await browser.get(`/api/whoop/auth/callback?code=${code}&state=${body.state}`);
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
    expect((await granted.get('/api/whoop/status')).body).toMatchObject({ configured: true, authenticated: true });
    expect((await admin.get('/api/whoop/auth/test')).body).toMatchObject({
      success: true,
      profile: { user_id: String(double.member.userId), source: 'api' },
    });
    const refused = await admin.post('/api/whoop/auth/exchange-code', { code: 'never given' });
    expect(refused.status).toBe(400);
    expect((await admin.post('/api/whoop/auth/exchange-code', {})).status).toBe(400);
  });

  it('should not link for one who asked as an administrator and is none any more', async () => {
    const api = new ApiClient(server.url);
    const second = await api.register('second', PASSWORD);
    const change = async (changes: object) =>
      expect((await admin.patch(`/api/admin/users/${second.user.id}`, changes)).status).toBe(200);
    const linksFor = async (taken: object): Promise<Answer> => {
      await change({ role: 'admin', disabled: false });
      const signedIn = new ApiClient(server.url);
      const login = await signedIn.post('/api/auth/login', { email: second.email, password: PASSWORD });
      const token: string = login.body.access_token;
      const { body } = await signedIn.get('/api/whoop/auth/authorize-url', { token });
      await change(taken);
      const code = double.tokens.giveCode(body.redirect_uri);
      return api.get(`/api/whoop/auth/callback?code=${code}&state=${body.state}`);
    };
    const live = structuredClone(double.tokens.live);
    const forbidden = { status: 400, body: { code: 'WHOOP_LINK_FORBIDDEN' } };
    expect(await linksFor({ role: 'user' })).toMatchObject(forbidden);
    expect(await linksFor({ disabled: true })).toMatchObject(forbidden);
    expect(double.tokens.live).toEqual(live);
    expect((await granted.get('/api/whoop/status')).body).toMatchObject({ authenticated: true });
    expect((await linksFor({ role: 'admin' })).status).toBe(200);
  });

  it('should sync and answer as it always did', async () => {
    const full = await admin.post('/api/whoop/sync/full?days=90');
    expect([full.status, full.body.status]).toEqual([200, 'completed']);
    const { new: added, unchanged, ...sleep } = full.body.sync_results.sleep;
    expect(sleep).toMatchObject({ updated: 0, status: 'completed' });
    // The sync that follows a link by itself may have been before.
    expect(added + unchanged).toBe(truth.sleep.length);
    expect(full.body.database_totals).toEqual({
      recovery: truth.recovery.length,
      sleep: truth.sleep.length,
      workouts: truth.workouts.length,
      cycles: truth.cycles.length,
    });
    const week = await admin.post('/api/whoop/refresh?days=7');
    expect([week.status, week.body]).toMatchObject([200, { period_days: 7, status: 'completed', errors: null }]);
    expect(week.body.synced.cycles).toBeGreaterThan(5);
    const today = await admin.post('/api/whoop/refresh/today');
    expect(today.body).toMatchObject({ status: 'success', total_records: expect.any(Number) });
    const status = (await granted.get('/api/whoop/sync/status')).body;
    expect(status).toMatchObject({
      last_sync: { last_sync_type: 'today', status: 'completed', error_message: null },
      database_counts: full.body.database_totals,
      latest_data_dates: {
        recovery: latestDates(truth.recovery).at(-1),
        sleep: latestDates(truth.sleep).at(-1),
        cycle: latestDates(truth.cycles).at(-1),
      },
      reauthorisation_needed: false,
    });
    expect(Date.parse(status.next_sync_at)).toBeGreaterThan(Date.now());
  });

  it('should show the days that are asked for, both ends included, naps apart', async () => {
    const [from, to] = [latestDates(truth.sleep)[20], latestDates(truth.sleep)[50]] as [string, string];
    const within = ({ date }: WhoopJson) => (date as string) >= from && (date as string) <= to;
    const ids = (records: WhoopJson[]) => records.map(({ id }) => id).sort();
    const range = `start_date=${from}&end_date=${to}`;
    const sleeps = (await granted.get(`/api/whoop/sleep?${range}`)).body;
    expect(ids(sleeps)).toEqual(ids(truth.sleep.filter((sleep) => within(sleep) && sleep['nap'] === false)));
    const withNaps = (await granted.get(`/api/whoop/sleep?${range}&include_naps=true`)).body;
    expect(ids(withNaps)).toEqual(ids(truth.sleep.filter(within)));
    for (const [path, records] of [
      ['recovery', truth.recovery],
      ['cycles', truth.cycles],
    ] as const) {
      const shown = (await granted.get(`/api/whoop/${path}?${range}`)).body;
      expect(ids(shown)).toEqual(ids(records.filter(within)));
      expect([...shown].sort((a: any, b: any) => (a.date < b.date ? 1 : a.date > b.date ? -1 : 0))).toEqual(shown);
    }
    const open = (await granted.get(`/api/whoop/recovery?start_date=${to}`)).body;
    expect(ids(open)).toEqual(ids(truth.recovery.filter(({ date }) => (date as string) >= to)));
    expect((await granted.get('/api/whoop/sleep/latest')).body.nap).toBe(false);
    const latest = (await granted.get('/api/whoop/recovery/latest')).body;
    expect(latest).toMatchObject({ score_state: 'PENDING_SCORE', recovery_score: null, recovery_status: 'unknown' });
    const workouts = (await granted.get('/api/whoop/workouts?days=3660')).body;
    for (const wanted of truth.workouts) {
      expect(workouts.find(({ id }: WhoopJson) => id === wanted['id'])).toMatchObject(wanted);
    }
  });

  it.each([
    'days=0',
    'days=-1',
    'days=x',
    'days=1&days=2',
    'start_date=2025-02-30',
    'start_date=2025-0',
    'start_date=2025-02-02&end_date=2025-02-01',
    'end_date=x',
  ])('should refuse %s', async (query) => {
    for (const path of ['recovery', 'sleep', 'workouts', 'cycles', 'metrics']) {
      const { status, body } = await granted.get(`/api/whoop/${path}?${query}`);
      expect([status, typeof body.details]).toEqual([400, 'string']);
    }
  });

  it('should equal a brute-force computation in every metric', async () => {
    const dates = latestDates(truth.cycles);
    for (const [from, to] of [
      [dates[0]!, dates.at(-1)!],
      [dates[10]!, dates[33]!],
      [dates[40]!, dates[40]!],
    ]) {
      const within = ({ date }: WhoopJson) => (date as string) >= from! && (date as string) <= to!;
      const workouts = truth.workouts.filter(({ id }) => {
        const record = double.member.workouts.find((one) => one['id'] === id)!;
        const [start, offset] = [String(record['start']), String(record['timezone_offset'])];
        return within({ date: new Date(Date.parse(start) + hoursOf(offset) * 3_600_000).toISOString().slice(0, 10) });
      });
      const recoveries = truth.recovery.filter(within);
      const sleeps = truth.sleep.filter((sleep) => within(sleep) && sleep['nap'] === false);
      const of = (records: WhoopJson[], name: string) => records.map((record) => record[name] as number | null);
      const scores = of(recoveries, 'recovery_score').filter((score) => score !== null);
      const strains = of(truth.cycles.filter(within), 'strain').filter((strain) => strain !== null);
      const hours = sleeps.map(({ rem_sleep_min: rem, deep_sleep_min: deep, light_sleep_min: light }) =>
        rem === null ? null : ((rem as number) + (deep as number) + (light as number)) / 60,
      );
      const body = (await granted.get(`/api/whoop/metrics?start_date=${from}&end_date=${to}`)).body;
      expect(body.recovery).toEqual({
        average_score: mean(scores),
        max_score: Math.max(0, ...scores),
        min_score: scores.length === 0 ? 0 : Math.min(...scores),
        total_records: recoveries.length,
        green_days: scores.filter((score) => score >= 67).length,
        yellow_days: scores.filter((score) => score >= 34 && score < 67).length,
        red_days: scores.filter((score) => score < 34).length,
      });
      expect(body.sleep.average_hours).toBeCloseTo(mean(hours), 10);
      expect(body.sleep).toMatchObject({
        average_performance: mean(of(sleeps, 'sleep_performance')),
        total_records: sleeps.length,
      });
      expect(body.strain).toMatchObject({
        average_daily_strain: mean(strains),
        max_daily_strain: Number(Math.max(0, ...strains).toFixed(1)),
        total_workouts: workouts.length,
        average_workout_strain: mean(of(workouts, 'strain')),
      });
    }
  });

  it('should export all of it as JSON and CSV', async () => {
    const { body } = await granted.get('/api/whoop/export?format=json');
    expect(body.profile.user_id).toBe(String(double.member.userId));
    for (const kind of ['recovery', 'sleep', 'workouts', 'cycles'] as const) {
      expect(body[kind]).toHaveLength(truth[kind].length);
    }
    const csv = await granted.get('/api/whoop/export?format=csv');
    expect(csv.headers.get('content-disposition')).toMatch(/^attachment; filename="whoop-[\d-]+\.csv"$/);
    const lines = csv.text.trim().split('\n');
    expect(lines).toHaveLength(1 + Object.values(truth).reduce((sum, records) => sum + records.length, 0));
    expect((await granted.get('/api/whoop/export?format=xml')).status).toBe(400);
  });

  it('should go straight to WHOOP for an administrator who looks into it', async () => {
    expect((await admin.get('/api/whoop/api/profile')).body).toEqual(double.member.profile);
    expect((await admin.get('/api/whoop/api/body')).body).toEqual(double.member.body);
    const sleeps = (await admin.get('/api/whoop/api/sleep?days=60')).body;
    expect(sleeps).toMatchObject({ source: 'whoop_api_v2', count: sleeps.records.length });
    expect(sleeps.count).toBeGreaterThan(50);
    expect((await admin.get('/api/whoop/api/cycles?days=60&limit=30')).body.count).toBe(30);
    const { id } = double.member.workouts[0]!;
    expect((await admin.get(`/api/whoop/api/workouts/${String(id)}`)).body).toEqual(double.member.workouts[0]);
    expect((await admin.get('/api/whoop/api/cycles/1')).status).toBe(404);
    expect((await admin.get('/api/whoop/api/sleep/nonsense')).status).toBe(400);
    const { records } = (await admin.get('/api/whoop/api/dashboard?days=10')).body;
    for (const { cycle, sleep, recovery } of records) {
      if (sleep !== null) expect(sleep).toMatchObject({ cycle_id: cycle.id, nap: false });
      if (recovery !== null) expect(recovery.cycle_id).toBe(cycle.id);
    }
  });

  describe('webhook', () => {
    const send = (delivery: { body: string; headers: Record<string, string> }) =>
      new ApiClient(server.url).request('POST', '/api/whoop/webhook', {
        raw: delivery.body,
        headers: delivery.headers,
      });
    const storedSleep = async (id: unknown) =>
      (await granted.get('/api/whoop/sleep?start_date=2000-01-01&include_naps=true')).body.find(
        (sleep: WhoopJson) => sleep['id'] === id,
      );

    async function eventually(condition: () => Promise<boolean>): Promise<void> {
      const end = Date.now() + 20_000;
      while (!(await condition())) {
        if (Date.now() > end) throw new Error(`It did not happen:\n${server.logs.slice(-2000)}`);
        await sleep(50);
      }
    }

    it('W3 should do once what WHOOP tells, and refuse what is not signed by it', async () => {
      const sleepRecord = double.member.sleeps.filter(({ nap }) => nap === false).at(-2)!;
      const id = String(sleepRecord['id']);
      Object.assign(sleepRecord, { score_state: 'UNSCORABLE', score: null, updated_at: new Date().toISOString() });
      const good = double.delivery({ type: 'sleep.updated', id, traceId: 'trace-1' });
      const { 'x-whoop-signature': signature, 'x-whoop-signature-timestamp': at, ...rest } = good.headers;
      const old = double.delivery({ type: 'sleep.updated', id }, Date.now() - 301_000);
      const ahead = double.delivery({ type: 'sleep.updated', id }, Date.now() + 301_000);
      const bad = [
        { ...good, headers: rest },
        { ...good, headers: { ...rest, 'x-whoop-signature': signature! } },
        { ...good, headers: { ...good.headers, 'x-whoop-signature': signature!.slice(0, -2) } },
        { ...good, headers: { ...good.headers, 'x-whoop-signature': `${signature!}A` } },
        { ...good, headers: { ...good.headers, 'x-whoop-signature': '' } },
        {
          ...good,
          headers: { ...good.headers, 'x-whoop-signature': Buffer.from(signature!, 'base64').toString('hex') },
        },
        { ...good, headers: { ...good.headers, 'x-whoop-signature-timestamp': String(Number(at) + 1) } },
        { ...good, headers: { ...good.headers, 'x-whoop-signature-timestamp': 'now' } },
        { ...good, body: `${good.body} ` },
        { ...good, body: good.body.replace('updated', 'deleted') },
        old,
        ahead,
      ];
      for (const delivery of bad) expect((await send(delivery)).status).toBe(401);
      double.takeRequests();
      expect((await send(good)).status).toBe(204);
      await eventually(async () => (await storedSleep(id)).score_state === 'UNSCORABLE');
      expect(double.takeRequests()).toHaveLength(1);
      // The same again: nothing happens.
      expect((await send(double.delivery({ type: 'sleep.updated', id, traceId: 'trace-1' }))).status).toBe(204);
      expect((await send(double.delivery({ type: 'sleep.updated', id, userId: 1 }))).status).toBe(204);
      expect((await send(double.delivery({ type: 'strain.updated', id }))).status).toBe(204);
      await sleep(1500);
      expect(double.takeRequests()).toEqual([]);
    });

    it('should fetch recoveries by their sleep, and delete what is deleted', async () => {
      const recovery = double.member.recoveries.at(-2)!;
      const sleepId = String(recovery['sleep_id']);
      Object.assign(recovery, { score_state: 'UNSCORABLE', updated_at: new Date().toISOString() });
      delete recovery['score'];
      expect((await send(double.delivery({ type: 'recovery.updated', id: sleepId }))).status).toBe(204);
      const shown = async () =>
        (await granted.get('/api/whoop/recovery?days=30')).body.find(
          (one: WhoopJson) => one['cycle_id'] === String(recovery['cycle_id']),
        );
      await eventually(async () => (await shown())?.score_state === 'UNSCORABLE');
      expect((await send(double.delivery({ type: 'recovery.deleted', id: sleepId }))).status).toBe(204);
      await eventually(async () => (await shown()) === undefined);
      const workout = String(double.member.workouts.at(-1)!['id']);
      expect((await send(double.delivery({ type: 'workout.deleted', id: workout }))).status).toBe(204);
      await eventually(async () => {
        const { body } = await granted.get('/api/whoop/workouts?start_date=2000-01-01');
        return body.every((one: WhoopJson) => one['id'] !== workout);
      });
    });
  });

  it('should show that WHOOP refuses, without asking for our credentials, and serve what is stored', async () => {
    double.tokens.live = null;
    const answer = await admin.post('/api/whoop/sync/incremental');
    expect([answer.status, answer.body]).toEqual([
      401,
      expect.objectContaining({ error: 'Authentication failed', details: expect.any(String) }),
    ]);
    expect(answer.headers.get('www-authenticate')).toBeNull();
    expect((await granted.get('/api/whoop/sync/status')).body).toMatchObject({ reauthorisation_needed: true });
    expect((await admin.get('/api/whoop/auth/test')).status).toBe(401);
    expect((await granted.get('/api/whoop/profile?refresh=true')).body).toMatchObject({
      source: 'cache',
      note: expect.any(String),
    });
    expect((await granted.get('/api/whoop/recovery?days=30')).body.length).toBeGreaterThan(20);
    const { body } = await admin.get('/api/whoop/auth/authorize-url');
    const code = double.tokens.giveCode(body.redirect_uri);
    const linked = await admin.post('/api/whoop/auth/exchange-code', { code, state: body.state });
    expect(linked.body).toEqual({
      success: true,
      message: 'WHOOP is linked',
      tokens_saved: true,
      expires_in: 3600,
      scope: double.tokens.scope,
    });
  });

  it('should erase everything, only when that is confirmed, and fetch it again when asked to', async () => {
    expect((await admin.delete('/api/whoop/data')).status).toBe(400);
    expect((await admin.delete('/api/whoop/data?confirm=false')).status).toBe(400);
    expect((await admin.delete('/api/whoop/data?confirm=true')).status).toBe(200);
    expect((await granted.get('/api/whoop/sync/status')).body).toMatchObject({ last_sync: null, total_records: 0 });
    expect((await admin.post('/api/whoop/refresh?days=20')).status).toBe(200);
    expect((await granted.get('/api/whoop/recovery?days=10')).body.length).toBeGreaterThan(5);
  });

  it('S1 S2 should leave no token, and no health value, in files, logs, errors or metrics', async () => {
    const metrics = (await admin.get('/api/v1/metrics')).text;
    expect(metrics).toContain('almanac_sync_runs_total{provider="whoop",outcome="completed"}');
    await server.stop();
    const { logs } = server;
    const files = readdirSync(dataDir).filter((name) => name.startsWith('almanac.sqlite'));
    const written = files.map((name) => readFileSync(join(dataDir, name)).toString('latin1')).join('\n');
    expect(written).toContain('whoop_grants');
    const secrets = [...double.tokens.issued, CLIENT_SECRET, 'code-canary'];
    expect(secrets.length).toBeGreaterThan(4);
    for (const secret of secrets) {
      for (const text of [written, logs, metrics]) expect(text.includes(secret)).toBe(false);
    }
    // Scores with six decimals, which nothing else looks like.
    const values = [...double.member.cycles, ...double.member.recoveries, ...double.member.workouts]
      .flatMap(({ score }) => Object.values((score as WhoopJson | null) ?? {}))
      .filter((value): value is number => typeof value === 'number' && /\.\d{4}/.test(String(value)))
      .map(String);
    expect(values.length).toBeGreaterThan(100);
    for (const text of [logs, metrics]) {
      expect(values.filter((value) => text.includes(value))).toEqual([]);
      expect(text.includes('jo@example.com')).toBe(false);
    }
  });
});

function hoursOf(offset: string): number {
  if (offset === 'Z') return 0;
  const [hours, minutes] = offset.slice(1).split(':').map(Number) as [number, number];
  return (offset.startsWith('-') ? -1 : 1) * (hours + minutes / 60);
}
