import { setTimeout as sleep } from 'node:timers/promises';
import { generateWhoopMember, type WhoopMember } from '../../src/demo/whoop-member.js';
import { WhoopLinksService } from '../../src/modules/whoop/grant/whoop-links.service.js';
import { WhoopSyncRequestsService } from '../../src/modules/whoop/sync/whoop-sync-requests.service.js';
import { WhoopSyncService } from '../../src/modules/whoop/sync/whoop-sync.service.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';
import { startWhoopApp, type WhoopApp } from '../support/whoop/whoop-app.js';
import { WhoopDouble } from '../support/whoop/whoop-double.js';
import { byId, shownBy, truthOf } from '../support/whoop/whoop-truth.js';

const DAY_MS = 86_400_000;

describe.each(await sqlTestTargets())('WHOOP sync on $dialect', (target) => {
  let database: SqlTestDatabase;
  let double: WhoopDouble;
  let apps: WhoopApp[];

  beforeEach(async () => {
    database = await target.create();
    apps = [];
  });
  afterEach(async () => {
    for (const app of apps) await app.close();
    await double.close();
    await database.drop();
    expect(double.complaints).toEqual([]);
    expect(double.tokens.spentAgain).toEqual([]);
  });

  async function begin(member: WhoopMember, env: Record<string, string> = {}): Promise<WhoopApp> {
    double = await WhoopDouble.start(member);
    double.rate.limit = 1000;
    const { refresh } = double.tokens.grant();
    return replica({ WHOOP_REFRESH_TOKEN: refresh, ...env });
  }

  async function replica(env: Record<string, string> = {}): Promise<WhoopApp> {
    const app = await startWhoopApp(database, double, { env });
    apps.push(app);
    await app.get(WhoopLinksService).importSeed();
    return app;
  }

  const requests = (app: WhoopApp) => app.get(WhoopSyncRequestsService);
  const member = (days: number, seed = 7) => generateWhoopMember({ seed, end: Date.now() - 3 * 3_600_000, days });

  async function expectTruth(app: WhoopApp): Promise<void> {
    expect(byId(await shownBy(app))).toEqual(byId(truthOf(double.member)));
  }

  it('should store a year exactly as it is, in at most 70 requests, and a day later in at most 8', async () => {
    const app = await begin(member(364));
    double.rate.limit = 100;
    const { run } = await requests(app).full(365);
    expect(run.status).toBe('completed');
    await expectTruth(app);
    const year = double.takeRequests().length;
    expect(year).toBeLessThanOrEqual(70);
    expect(double.tokens.refreshes).toBe(1);

    const day = await requests(app).incremental();
    expect(day.run.status).toBe('completed');
    const daily = double.takeRequests().length;
    expect(daily).toBeLessThanOrEqual(8);
    expect(day.totals).toEqual({
      cycles: double.member.cycles.length,
      sleep: double.member.sleeps.length,
      recovery: double.member.recoveries.length,
      workouts: double.member.workouts.length,
    });
    await expectTruth(app);
    console.info(`WHOOP on ${target.dialect}: a year in ${year} requests, a day in ${daily}`);
  });

  it('should take over what was scored again, ended or deleted since', async () => {
    const app = await begin(member(40));
    await requests(app).full(60);
    const { cycles, sleeps, recoveries, workouts } = double.member;
    const later = new Date().toISOString();
    // The night is scored, and an old one of the last week again.
    for (const record of [sleeps.at(-1)!, recoveries.at(-1)!]) {
      Object.assign(record, {
        score_state: 'SCORED',
        score: scoreLike(record, [...sleeps, ...recoveries]),
        updated_at: later,
      });
    }
    const again = recoveries.filter(({ score_state }) => score_state === 'SCORED').at(-4)!;
    Object.assign(again, { score: { ...(again['score'] as object), recovery_score: 1 }, updated_at: later });
    Object.assign(cycles.at(-1)!, { end: later, updated_at: later });
    workouts.splice(workouts.length - 1, 1);
    const { run } = await requests(app).incremental();
    expect(run.progress.kinds).toMatchObject({
      workouts: { deleted: 1, new: 0, updated: 0 },
      sleep: { updated: 1 },
      recovery: { updated: 2 },
      cycles: { updated: 1 },
    });
    await expectTruth(app);
  });

  it('should move the days of cycle and recovery with their sleep', async () => {
    const app = await begin(member(20));
    await requests(app).full(30);
    const sleep = double.member.sleeps.filter(({ nap }) => nap === false).at(-3)!;
    const end = new Date(Date.parse(String(sleep['end'])) + 16 * 3_600_000).toISOString();
    Object.assign(sleep, { end, updated_at: new Date().toISOString() });
    await requests(app).incremental();
    await expectTruth(app);
  });

  it('should never delete by a walk that was empty, broken off or full of nonsense', async () => {
    const app = await begin(member(30));
    await requests(app).full(60);
    const before = byId(await shownBy(app));
    const whole = double.member;
    double.member = { ...whole, cycles: [], sleeps: [], recoveries: [], workouts: [] };
    expect((await requests(app).full(60)).run.status).toBe('completed');
    expect(byId(await shownBy(app))).toEqual(before);
    // The second page of sleeps is a fault, and one workout is none.
    double.member = { ...whole, sleeps: whole.sleeps.slice(-26), workouts: whole.workouts.slice(-2) };
    double.fault = ({ path, query }) =>
      path.includes('sleep') && query.has('nextToken') ? { kind: 'status', status: 500 } : undefined;
    const { run } = await requests(app).full(60);
    expect(run).toMatchObject({ status: 'partial', errorMessage: expect.stringContaining('sleep: ') });
    double.fault = () => undefined;
    expect(byId(await shownBy(app)).sleep).toEqual(before.sleep);
    double.member = whole;
    await requests(app).full(60);
    await expectTruth(app);
  });

  it('should fetch the first ninety days although a page that was opened before has brought the newest', async () => {
    const app = await begin(member(80));
    expect(await requests(app).today()).toMatchObject({ status: 'success' });
    expect(await app.get(WhoopSyncService).lacksFirst()).toBe(true);
    await requests(app).incremental();
    expect(await app.get(WhoopSyncService).lacksFirst()).toBe(false);
    await expectTruth(app);
    double.takeRequests();
    await requests(app).incremental();
    expect(double.takeRequests().length).toBeLessThanOrEqual(8);
  });

  it('X3 should say partial when one kind fails, keep the others, and make up for it next time', async () => {
    const app = await begin(member(120));
    double.fault = ({ path, query }) =>
      path === '/v2/recovery' && query.has('nextToken') ? { kind: 'status', status: 500 } : undefined;
    const { run } = await requests(app).full(130);
    expect(run.status).toBe('partial');
    expect(run.progress.kinds.recovery).toMatchObject({ status: 'failed', pages: 1 });
    expect(run.progress.kinds.workouts.status).toBe('completed');
    double.fault = () => undefined;
    // The newest recoveries are there, so the gap must be remembered.
    expect((await requests(app).incremental()).run.status).toBe('completed');
    await expectTruth(app);
  });

  it('should stop at a page token that comes again, and not call that a success', async () => {
    const app = await begin(member(60));
    double.fault = ({ path, query }) =>
      path === '/v2/cycle' && query.has('nextToken') ? { kind: 'repeat' } : undefined;
    const { run } = await requests(app).full(70);
    expect(run).toMatchObject({ status: 'partial', errorCode: 'WHOOP_REPEATED_PAGE' });
    double.fault = () => undefined;
    await requests(app).incremental();
    await expectTruth(app);
  });

  it('should fail when nothing came, with the reason, and leave what is stored', async () => {
    const app = await begin(member(20));
    await requests(app).full(30);
    double.fault = () => ({ kind: 'status', status: 500 });
    await expect(requests(app).refresh(7)).rejects.toMatchObject({ kind: 'unavailable', code: 'WHOOP_SYNC_FAILED' });
    expect(await requests(app).today()).toMatchObject({ status: 'error' });
    const { last } = await app.get(WhoopSyncService).overview();
    expect(last).toMatchObject({ status: 'failed', recordsSynced: 0 });
    await expectTruth(app);
  });

  it('should let a second call join the sync that runs, on every replica', async () => {
    const app = await begin(member(200));
    const other = await replica();
    double.fault = () => ({ kind: 'slow', ms: 20 });
    const first = requests(app).full(210);
    while (double.requests.length === 0) await sleep(5);
    const joined = [requests(other).full(210), requests(app).refresh(7), requests(other).incremental()];
    const answers = await Promise.all([first, ...joined]);
    expect(new Set(answers.map(({ run }) => run.id)).size).toBe(1);
    expect(answers[0].run.status).toBe('completed');
    await expectTruth(app);
  });

  it('should put a sync off when the limit of requests is used up, and then go on', async () => {
    const app = await begin(member(150));
    double.rate = { limit: 12, windowMs: 1000 };
    const { run } = await requests(app).full(160);
    expect(run.status).toBe('completed');
    await expectTruth(app);
  });

  it('should leave a member alone when another one is linked', async () => {
    const app = await begin(member(20));
    await requests(app).full(30);
    const first = double.member;
    double.member = member(25, 8);
    await requests(app).full(30);
    await expectTruth(app);
    double.member = first;
    await app.dataSource.query(`UPDATE whoop_grants SET member_id = '${first.userId}'`);
    await expectTruth(app);
  });

  it('should ask again for what was being scored longer ago than a week', async () => {
    const app = await begin(member(30));
    const { sleeps } = double.member;
    const old = sleeps
      .filter(({ nap, end }) => nap === false && Date.parse(String(end)) < Date.now() - 12 * DAY_MS)
      .at(-1)!;
    const { score } = old;
    Object.assign(old, { score_state: 'PENDING_SCORE', score: null });
    await requests(app).full(40);
    Object.assign(old, {
      score_state: score === null ? 'UNSCORABLE' : 'SCORED',
      score,
      updated_at: new Date().toISOString(),
    });
    await requests(app).incremental();
    await expectTruth(app);
  });
});

/** A score of the same shape as that of another record of the same kind. */
function scoreLike(record: Record<string, unknown>, all: Record<string, unknown>[]): unknown {
  const isSleep = 'nap' in record;
  return all.find((other) => other['score_state'] === 'SCORED' && 'nap' in other === isSleep)!['score'];
}
