import { setTimeout as sleep } from 'node:timers/promises';
import { generateWhoopMember } from '../../src/demo/whoop-member.js';
import { downloadArchive, fillAccount, type FilledAccount } from './account-canaries.js';
import { ApiClient } from './api-client.js';
import type { ServerProcess } from './server.js';
import { storesWith, type StoredTexts } from './stored-texts.js';
import { WebhookReceiver } from './webhook-receiver.js';
import { CLIENT_ID, CLIENT_SECRET, WhoopDouble } from './whoop/whoop-double.js';

/** A server on stores of its own; `start` again after a stop finds the same data. */
export interface AccountDataStage {
  start(env: Record<string, string>): Promise<ServerProcess>;
  /** All that MongoDB and SQL hold. */
  read(server: ServerProcess): Promise<StoredTexts>;
  /** The log of every process so far. */
  logs(): string;
  dispose(): Promise<void>;
}

/** Of the columns and fields by these names nothing may leave the server. */
const SECRET_FIELDS = /(_hash|Hash|secret|_token)$/;
/** Every store that holds something of a person, at least. */
const STORES_OF_A_PERSON = [
  ...['activity_writes', 'api_keys', 'browser_events', 'budgets', 'events', 'github_refresh_keys', 'identity_links'],
  ...['insights', 'jobs', 'org_members', 'orgs', 'projects', 'report_request_keys', 'report_tasks', 'sessions'],
  ...['usage_activities', 'usage_ai_calls', 'usage_names', 'users', 'webhook_deliveries', 'webhook_endpoints'],
  ...['whoop_cycles', 'whoop_grants', 'whoop_profiles'],
];

/** The same promises on whatever stores: what is exported is all of one's own, and what is erased is gone. */
export function describeAccountData(title: string, prepare: () => Promise<AccountDataStage>): void {
  describe(title, () => {
    let stage: AccountDataStage;
    let server: ServerProcess;
    let receiver: WebhookReceiver;
    let double: WhoopDouble;
    let ann: FilledAccount;
    let ben: FilledAccount;

    const env = (): Record<string, string> => ({
      RATE_LIMIT_ENABLED: 'false',
      WEBHOOK_ALLOW_PRIVATE: 'true',
      LOG_LEVEL: 'debug',
      // Nobody listens there: a refresh is begun, and waits.
      GITHUB_ACCESS_TOKEN: 'ghp_of_nobody',
      GITHUB_API_URL: 'http://127.0.0.1:9',
      GITHUB_SYNC_CRON: 'off',
      WHOOP_CLIENT_ID: CLIENT_ID,
      WHOOP_CLIENT_SECRET: CLIENT_SECRET,
      WHOOP_API_URL: double.url,
      WHOOP_SYNC_CRON: 'off',
    });

    beforeAll(async () => {
      receiver = await WebhookReceiver.start();
      double = await WhoopDouble.start(generateWhoopMember({ seed: 5, end: Date.now() - 3_600_000, days: 4 }));
      double.rate.limit = 1000;
      stage = await prepare();
      server = await stage.start(env());
      const { accessToken: token } = await new ApiClient(server.url).register('first');
      ann = await fillAccount(server.url, 'ann', receiver.url, { token, double });
      ben = await fillAccount(server.url, 'ben', receiver.url);
      for (const { client } of [ann, ben]) {
        const states = async (): Promise<string[]> =>
          (await client.get('/api/reports/webhook-deliveries')).body.deliveries.map(({ status }: any) => status);
        await server.waitFor(async () => (await states()).join() === 'delivered', 'the webhook to be told');
      }
    }, 60_000);

    afterAll(async () => {
      await server.stop();
      await Promise.all([stage.dispose(), receiver.stop(), double.close()]);
    });

    it('L2 should be exported as an archive: all of one’s own and nothing of others, of secrets or hashes', async () => {
      const secrets = secretsIn(await stage.read(server));
      expect(secrets.length).toBeGreaterThan(10);
      for (const [account, other] of [
        [ann, ben],
        [ben, ann],
      ] as const) {
        const files = await downloadArchive(account);
        const missing = Object.entries(account.canaries).flatMap(([name, canaries]) =>
          canaries.filter((canary) => files[name]?.includes(canary) !== true).map((canary) => `${name}: ${canary}`),
        );
        expect(missing).toEqual([]);
        const text = Object.values(files).join('\n');
        const foreign = [other.mark, other.id, other.projectKey, ...other.secrets, ...account.secrets, '$argon2'];
        for (const forbidden of [...foreign, ...secrets])
          expect([forbidden, text.includes(forbidden)]).toEqual([forbidden, false]);
        for (const line of text.split('\n').filter((one) => one !== '')) JSON.parse(line);
      }
    });

    it('L1 should be gone within 60 s of deleting the account, from stores, logs and exports, also when the server is killed meanwhile', async () => {
      const texts = [ann.mark, ann.id, ann.projectKey, ...Object.values(ann.canaries.whoop!).slice(1, 3)];
      const holds = async () => storesWith(await stage.read(server), texts);
      expect(await holds()).toEqual(expect.arrayContaining(STORES_OF_A_PERSON));
      // A job ends a moment after what it makes.
      let ofBen: Record<string, string> = {};
      const isAtRest = async () => !/"state":"(waiting|running)"/.test((ofBen = await downloadArchive(ben)).jobs!);
      await server.waitFor(isAtRest, 'the jobs to end');

      expect((await ann.client.delete('/api/auth/me', { password: 'wrong password' })).status).toBe(400);
      expect((await ann.client.delete('/api/auth/me', { password: 'correct horse battery' })).status).toBe(202);
      const askedAt = Date.now();
      expect((await ann.client.get('/api/auth/me')).status).toBe(401);
      await sleep(1000);
      await server.stop('SIGKILL');
      server = await stage.start(env());
      const restarted = <T extends FilledAccount>(account: T): T => ({
        ...account,
        client: new ApiClient(server.url, account.client.accessToken),
      });

      let left = await holds();
      while (left.length > 0 && Date.now() < askedAt + 60_000) {
        await sleep(500);
        left = await holds();
      }
      expect(left).toEqual([]);
      process.stdout.write(`Erased within ${Math.round((Date.now() - askedAt) / 1000)} s, of which a kill took some\n`);
      expect(double.tokens.live).toBeNull();
      expect(storesWith({ log: stage.logs().split('\n') }, [ann.mark, ann.email])).toEqual([]);

      expect((await restarted(ann).client.get('/api/auth/me')).status).toBe(401);
      const event = { projectKey: ann.projectKey, events: [{ eventName: 'a', timestamp: 1 }] };
      expect((await new ApiClient(server.url).post('/v1/events/batch', event)).status).toBe(403);
      // Nothing of others went with it.
      expect(linesOf(await downloadArchive(restarted(ben)))).toEqual(linesOf(ofBen));
      // The address is free again, and the new account sees nothing of the old one.
      const again = { email: ann.email, name: 'again', password: 'correct horse battery' };
      const { status, body } = await new ApiClient(server.url).post('/api/auth/register', again);
      expect([status, body.user.role]).toEqual([201, 'user']);
      const files = await downloadArchive({ ...ann, client: new ApiClient(server.url, body.access_token) });
      const found = Object.values(files).join('\n').replaceAll(ann.email, '');
      for (const text of texts) expect([text, found.includes(text)]).toEqual([text, false]);
    }, 120_000);
  });
}

/** Values of columns and fields that are secrets, or hashes of some. */
function secretsIn(stored: StoredTexts): string[] {
  const values = Object.values(stored).flatMap((rows) =>
    rows.flatMap((row) =>
      Object.entries(JSON.parse(row) as object).flatMap(([field, value]) =>
        SECRET_FIELDS.test(field) && typeof value === 'string' && value.length >= 16 ? [value] : [],
      ),
    ),
  );
  return [...new Set(values)];
}

/** Lines in an order of their own (points change theirs when they are gathered), without what a read changes by itself. */
function linesOf(files: Record<string, string>): Record<string, string[]> {
  const sorted = Object.entries(files).map(([name, text]) => [name, text.split('\n').sort()] as const);
  return { ...Object.fromEntries(sorted), sessions: [], 'api-keys': [] };
}
