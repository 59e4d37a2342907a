import { jest } from '@jest/globals';
import { generateWhoopMember } from '../../src/demo/whoop-member.js';
import { AccountErasure } from '../../src/common/lifecycle/account-erasure.js';
import { AccountExport } from '../../src/common/lifecycle/account-export.js';
import { WhoopClient } from '../../src/modules/whoop/api/whoop.client.js';
import { WhoopGrantRepository } from '../../src/modules/whoop/grant/whoop-grant.repository.js';
import { WhoopLinkingService } from '../../src/modules/whoop/grant/whoop-linking.service.js';
import { WhoopLinksService } from '../../src/modules/whoop/grant/whoop-links.service.js';
import { WhoopTokensService } from '../../src/modules/whoop/grant/whoop-tokens.service.js';
import type { WhoopTimings } from '../../src/modules/whoop/api/whoop-timings.js';
import { WhoopVault } from '../../src/modules/whoop/grant/whoop-vault.service.js';
import { WhoopSyncRequestsService } from '../../src/modules/whoop/sync/whoop-sync-requests.service.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';
import { startWhoopApp, type WhoopApp } from '../support/whoop/whoop-app.js';
import { WhoopDouble } from '../support/whoop/whoop-double.js';

const INTERACTIVE = { priority: 'interactive' as const };
const REDIRECT = 'https://almanac.example.com/api/whoop/auth/callback';

describe.each(await sqlTestTargets())('tokens of WHOOP on $dialect', (target) => {
  let database: SqlTestDatabase;
  let double: WhoopDouble;
  let apps: WhoopApp[];

  beforeEach(async () => {
    database = await target.create();
    double = await WhoopDouble.start(generateWhoopMember({ seed: 3, end: Date.now(), days: 3 }));
    double.rate.limit = 1000;
    apps = [];
  });
  afterEach(async () => {
    for (const app of apps) await app.close();
    await double.close();
    await database.drop();
    expect(double.complaints).toEqual([]);
    expect(double.tokens.spentAgain).toEqual([]);
  });

  async function replica(seed?: string, timings: Partial<WhoopTimings> = {}): Promise<WhoopApp> {
    const env: Record<string, string> = seed === undefined ? {} : { WHOOP_REFRESH_TOKEN: seed };
    const app = await startWhoopApp(database, double, { env, timings });
    apps.push(app);
    await app.get(WhoopLinksService).importSeed();
    return app;
  }

  const linked = (timings: Partial<WhoopTimings> = {}) => replica(double.tokens.grant().refresh, timings);
  /** Of the lost ones: looked into soon. */
  const SOON = { refreshDoubtMs: 1500 };
  const read = (app: WhoopApp) => app.get(WhoopClient).profile(INTERACTIVE);
  const link = (app: WhoopApp) =>
    app
      .get(WhoopLinkingService)
      .exchangeCode('user-1', { code: double.tokens.giveCode(REDIRECT), redirectUri: REDIRECT });

  /** A renewal whose request or answer is lost, of a token that is about to expire by our clock, and still good at WHOOP. */
  async function loseRenewal(app: WhoopApp, kind: 'drop-before' | 'drop-after'): Promise<void> {
    double.tokens.expiresInSeconds = 250;
    await read(app);
    double.tokenFault = () => ({ kind });
    await expect(read(app)).rejects.toMatchObject({ code: 'WHOOP_REFRESH_IN_DOUBT' });
    double.tokenFault = () => undefined;
    double.tokens.expiresInSeconds = 3600;
  }

  /** The pair that is stored is the one that WHOOP takes. */
  async function expectLivePair(app: WhoopApp): Promise<void> {
    const grant = await app.get(WhoopVault).load();
    expect({ access: grant?.accessToken, refresh: grant?.refreshToken }).toEqual(double.tokens.live);
  }

  it('X2 should renew once for ten reads at once on each of two replicas', async () => {
    const one = await linked();
    const two = await replica();
    double.tokenFault = () => ({ kind: 'slow', ms: 150 });
    await Promise.all([...Array(10).keys()].flatMap(() => [read(one), read(two)]));
    expect(double.tokens.refreshes).toBe(1);
    double.tokens.expireAccess();
    await Promise.all([...Array(10).keys()].flatMap(() => [read(one), read(two)]));
    expect(double.tokens.refreshes).toBe(2);
    await expectLivePair(two);
  });

  it('should renew in the midst of a walk and go on', async () => {
    const app = await linked();
    double.fault = ({ number }) => (number % 3 === 0 ? { kind: 'expire' } : undefined);
    await expect(app.get(WhoopSyncRequestsService).full(5)).resolves.toMatchObject({ run: { status: 'completed' } });
    expect(double.tokens.refreshes).toBeGreaterThan(1);
    await expectLivePair(app);
  });

  it('should give up on a token that is refused right after it was given, without a loop', async () => {
    const app = await linked();
    double.fault = () => ({ kind: 'status', status: 401 });
    await expect(read(app)).rejects.toMatchObject({ code: 'WHOOP_AUTHENTICATION_FAILED' });
    expect(double.tokens.refreshes).toBe(2);
    expect(double.requests).toHaveLength(2);
    double.fault = () => undefined;
    await read(app);
    await expectLivePair(app);
  });

  it('should send a token again when WHOOP certainly did not use it up', async () => {
    const app = await linked();
    let fault: 500 | undefined = 500;
    double.tokenFault = () => fault && { kind: 'status', status: fault };
    await expect(read(app)).rejects.toMatchObject({ kind: 'unavailable' });
    fault = undefined;
    await read(app);
    await expectLivePair(app);
  });

  it('X2 should find out that a lost request never arrived, and renew after all', async () => {
    const app = await linked(SOON);
    await loseRenewal(app, 'drop-before');
    await expect(read(app)).resolves.toBeDefined();
    await expectLivePair(app);
  });

  it('X2 should look into a lost request also when the database answers slowly just before it may', async () => {
    const app = await linked(SOON);
    await loseRenewal(app, 'drop-before');
    const vault = app.get(WhoopVault);
    const load = vault.load.bind(vault);
    const stalled = jest.spyOn(vault, 'load').mockImplementation(async () => {
      const grant = await load();
      if ((grant?.sentForMs ?? 0) > 1000) await new Promise((resolve) => setTimeout(resolve, 700));
      return grant;
    });
    await expect(read(app)).resolves.toBeDefined();
    stalled.mockRestore();
    await expectLivePair(app);
  });

  it('X2 should ask to link again when the answer with the new tokens was lost, and never send the old one again', async () => {
    const app = await linked(SOON);
    await loseRenewal(app, 'drop-after');
    for (let i = 0; i < 3; i++) {
      await expect(read(app)).rejects.toMatchObject({ code: 'WHOOP_REAUTHORISATION_NEEDED' });
    }
    expect(await app.get(WhoopLinksService).state()).toMatchObject({ isLinked: false, needsReauthorisation: true });
    await expect(app.get(WhoopSyncRequestsService).incremental()).rejects.toMatchObject({ kind: 'unauthenticated' });
    await link(app);
    await expect(app.get(WhoopSyncRequestsService).full(5)).resolves.toMatchObject({ run: { status: 'completed' } });
    await expectLivePair(app);
  });

  it('should take invalid_grant for a dead grant only when nobody has stored newer tokens', async () => {
    const app = await linked();
    await read(app);
    const before = await app.get(WhoopVault).load();
    // A sibling links anew while the renewal is on its way.
    let isLinked = (): void => undefined;
    const until = new Promise<void>((resolve) => (isLinked = resolve));
    let isSent = (): void => undefined;
    const sent = new Promise<void>((resolve) => (isSent = resolve));
    double.tokenFault = (type) => {
      if (type !== 'refresh_token') return undefined;
      isSent();
      return { kind: 'held', until };
    };
    const renewal = app.get(WhoopTokensService).renewed(before!.version);
    await sent;
    await link(app);
    isLinked();
    await expect(renewal).resolves.toMatchObject({ token: double.tokens.live!.access });
    await expectLivePair(app);
    double.tokens.live = null;
    await expect(read(app)).rejects.toMatchObject({ code: 'WHOOP_REAUTHORISATION_NEEDED' });
  });

  it('should renew long before an access token expires, so that a lost answer can be looked into', async () => {
    const app = await linked();
    await read(app);
    const tokens = app.get(WhoopTokensService);
    await tokens.renewEarly();
    expect(double.tokens.refreshes).toBe(1);
    for (const seconds of [250, 800]) {
      double.tokens.expiresInSeconds = seconds;
      await tokens.renewed((await app.get(WhoopVault).load())!.version);
      double.tokens.expiresInSeconds = 3600;
      const before = double.tokens.refreshes;
      await Promise.all([tokens.renewEarly(), tokens.renewEarly()]);
      expect(double.tokens.refreshes).toBe(before + 1);
    }
    double.tokens.expiresInSeconds = 250;
    await tokens.renewed((await app.get(WhoopVault).load())!.version);
    const before = double.tokens.refreshes;
    double.tokens.expiresInSeconds = 3600;
    await read(app);
    expect(double.tokens.refreshes).toBe(before + 1);
    await expectLivePair(app);
  });

  it('should say that the account must be linked again when the encryption key is another one', async () => {
    await read(await linked());
    const app = await startWhoopApp(database, double, { env: { ENCRYPTION_KEY: 'ab'.repeat(32) } });
    apps.push(app);
    expect(await app.get(WhoopLinksService).state()).toMatchObject({ isLinked: false, needsReauthorisation: true });
    await expect(read(app)).rejects.toMatchObject({ code: 'WHOOP_REAUTHORISATION_NEEDED' });
    await link(app);
    await expectLivePair(app);
  });

  it('should take over the token of the environment once, and again when it changes', async () => {
    const seed = double.tokens.grant().refresh;
    const app = await replica(seed);
    await read(app);
    const again = await replica(seed);
    await Promise.all([...Array(6).keys()].map((i) => (i % 2 ? app : again).get(WhoopLinksService).importSeed()));
    await expectLivePair(again);
    await read(again);
    expect(double.tokens.refreshes).toBe(1);
    const changed = await replica(double.tokens.grant().refresh);
    await read(changed);
    expect(double.tokens.refreshes).toBe(2);
    await expectLivePair(changed);
  });

  it('should link with a state that is used up by it, and refuse what does not belong together', async () => {
    const app = await replica();
    const linking = app.get(WhoopLinkingService);
    const { url, state } = await linking.authorize('user-1', REDIRECT);
    const asked = new URL(url);
    expect(asked.pathname).toBe('/oauth/oauth2/auth');
    expect(state).toMatch(/^[A-Za-z0-9]{8}$/);
    expect(Object.fromEntries(asked.searchParams)).toEqual({
      client_id: 'double-client-id',
      redirect_uri: REDIRECT,
      response_type: 'code',
      state,
      scope: 'offline read:recovery read:cycles read:sleep read:workout read:profile read:body_measurement',
    });
    const code = double.tokens.giveCode(REDIRECT);
    await expect(linking.finish({ code, state: 'AAAAAAAA' })).rejects.toMatchObject({ kind: 'invalid' });
    await expect(linking.finish({ code, state })).resolves.toMatchObject({ expiresInSeconds: 3600 });
    await expect(linking.finish({ code, state })).rejects.toMatchObject({ kind: 'invalid' });
    const other = await linking.authorize('user-2', REDIRECT);
    const request = { code: double.tokens.giveCode(REDIRECT), state: other.state };
    await expect(linking.exchangeCode('user-1', request)).rejects.toMatchObject({ kind: 'invalid' });
    await expect(linking.exchangeCode('user-1', { code: 'none', redirectUri: REDIRECT })).rejects.toMatchObject({
      code: 'WHOOP_CODE_REFUSED',
    });
    await expectLivePair(app);
  });

  it('X2 should keep the pair that was given last when several link at once on two replicas', async () => {
    const [one, two] = [await replica(), await replica()];
    // The first answers are the slowest, so each would be stored after those that were given later.
    let delay = 400;
    double.tokenFault = () => ({ kind: 'slow-answer', ms: (delay -= 40) });
    await Promise.all([...Array(8).keys()].map((i) => link(i % 2 ? one : two)));
    await expectLivePair(one);
    await expect(read(two)).resolves.toBeDefined();
  });

  it('should refuse a grant without refresh token, and end a link at WHOOP', async () => {
    const app = await replica();
    double.tokens.scope = 'read:profile';
    await expect(link(app)).rejects.toMatchObject({ code: 'WHOOP_NO_REFRESH_TOKEN' });
    double.tokens.scope = 'offline read:profile';
    await link(app);
    expect(await app.get(WhoopLinkingService).unlink(true)).toBe(true);
    expect(double.tokens.live).toBeNull();
    expect(await app.get(WhoopGrantRepository).find()).toMatchObject({ accessToken: null, memberId: null });
    await expect(read(app)).rejects.toMatchObject({ code: 'WHOOP_NOT_CONFIGURED' });
  });

  it('L1 should end a grant whose access token WHOOP refuses, and one that WHOOP does not answer for at first', async () => {
    const app = await replica();
    await link(app);
    double.tokens.expireAccess();
    expect(await app.get(WhoopLinkingService).unlink(false)).toBe(true);
    expect(double.tokens.live).toBeNull();
    await link(app);
    let failures = 2;
    double.fault = ({ method }) =>
      method === 'DELETE' && failures-- > 0 ? { kind: 'status', status: 503 } : undefined;
    expect(await app.get(WhoopLinkingService).unlink(false)).toBe(true);
    expect(double.tokens.live).toBeNull();
  });

  it('L1 should erase with an account what it once linked, and leave what another one has linked since', async () => {
    const app = await replica();
    const erase = new Map(app.get(AccountErasure).list()).get('whoop')!;
    const eraseAccount = (userId: string) => erase(userId, new AbortController().signal, async () => undefined);
    const members = async () =>
      (await app.dataSource.query('SELECT member_id FROM whoop_profiles ORDER BY 1')).map(
        (row: { member_id: string }) => row.member_id,
      );
    const first = double.member;
    await link(app);
    await app.get(WhoopSyncRequestsService).full(5);
    await app.get(WhoopLinkingService).unlink(false);
    double.member = generateWhoopMember({ seed: 4, end: Date.now(), days: 3 });
    const code = double.tokens.giveCode(REDIRECT);
    await app.get(WhoopLinkingService).exchangeCode('user-2', { code, redirectUri: REDIRECT });
    await app.get(WhoopSyncRequestsService).full(5);
    expect(await members()).toHaveLength(2);
    await eraseAccount('user-1');
    expect(await members()).toEqual([String(double.member.userId)]);
    for (const table of ['cycles', 'recoveries', 'sleeps', 'workouts']) {
      const rows = await app.dataSource.query(`SELECT DISTINCT member_id FROM whoop_${table}`);
      expect(rows).toEqual([{ member_id: String(double.member.userId) }]);
    }
    expect(String(first.userId)).not.toBe(String(double.member.userId));
    expect(await app.get(WhoopLinksService).state()).toMatchObject({ isLinked: true });
    await eraseAccount('user-2');
    expect(await members()).toEqual([]);
    expect(double.tokens.live).toBeNull();
  });

  it('L1 should keep no profile that was on its way when the link ended', async () => {
    const app = await replica();
    await link(app);
    let isEnded = (): void => undefined;
    const until = new Promise<void>((resolve) => (isEnded = resolve));
    let isAsked = (): void => undefined;
    const asked = new Promise<void>((resolve) => (isAsked = resolve));
    double.fault = ({ path }) => (path.includes('profile') ? (isAsked(), { kind: 'held', until }) : undefined);
    const profile = app.get(WhoopLinksService).refreshProfile(INTERACTIVE);
    await asked;
    await app.get(WhoopLinkingService).unlink(true);
    isEnded();
    await expect(profile).rejects.toBeDefined();
    expect(await app.dataSource.query('SELECT * FROM whoop_profiles')).toEqual([]);
    expect(await app.get(WhoopGrantRepository).find()).toMatchObject({ memberId: null });
  });

  it('L1 should end the grant and erase all with the account that linked it, and with no other', async () => {
    const app = await replica();
    await link(app);
    await app.get(WhoopSyncRequestsService).full(5);
    const erase = new Map(app.get(AccountErasure).list()).get('whoop')!;
    const signal = new AbortController().signal;
    await erase('user-2', signal, async () => undefined);
    expect(double.tokens.live).not.toBeNull();
    const exported = new Map(app.get(AccountExport).list()).get('whoop')!;
    // The profile, and each record.
    expect(await collect(exported('user-1'))).toHaveLength(
      1 +
        double.member.cycles.length +
        double.member.recoveries.length +
        double.member.sleeps.length +
        double.member.workouts.length,
    );
    expect(await collect(exported('user-2'))).toEqual([]);
    await erase('user-1', signal, async () => undefined);
    await erase('user-1', signal, async () => undefined);
    expect(double.tokens.live).toBeNull();
    for (const table of ['cycles', 'recoveries', 'sleeps', 'workouts', 'profiles', 'sync_runs']) {
      expect(await app.dataSource.query(`SELECT * FROM whoop_${table}`)).toEqual([]);
    }
    const [grant] = await app.dataSource.query('SELECT * FROM whoop_grants');
    expect(grant).toMatchObject({ member_id: null, access_token: null, refresh_token: null, linked_by: null });
  });

  it('S1 should keep no token in clear', async () => {
    const app = await linked();
    await read(app);
    await link(app);
    const rows = JSON.stringify(await app.dataSource.query('SELECT * FROM whoop_grants'));
    for (const token of double.tokens.issued) expect(rows).not.toContain(token);
    expect(rows).toContain('v1.');
  });
});

async function collect<T>(rows: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const row of rows) all.push(row);
  return all;
}
