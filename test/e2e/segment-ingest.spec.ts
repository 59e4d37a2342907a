import { gzipSync } from 'node:zlib';
import type { Connection } from 'mongoose';
import { ApiClient, type Answer } from '../support/api-client.js';
import { errorFaults } from '../support/error-answer.js';
import { openServerStore } from '../support/server-store.js';
import { ServerProcess } from '../support/server.js';

const ROUTES = ['track', 'identify', 'page', 'screen', 'group', 'alias'] as const;
const AT = '2025-01-06T10:00:00.000Z';
/** A message that every route takes. */
const MESSAGE = {
  messageId: 'm-1',
  timestamp: AT,
  userId: 'u-1',
  anonymousId: 'a-1',
  event: 'Order Completed',
  name: 'Home',
  groupId: 'g-1',
  previousId: 'p-1',
};

describe('the Segment-compatible ingest', () => {
  let server: ServerProcess;
  let api: ApiClient;
  let user: ApiClient;
  let store: Connection;
  let projectKey: string;

  beforeAll(async () => {
    server = await ServerProcess.start({ env: { RATE_LIMIT_ENABLED: 'false' } });
    api = new ApiClient(server.url);
    user = (await api.register('ann')).client;
    store = await openServerStore(server);
  });

  beforeEach(async () => {
    projectKey = await user.createProject();
  });

  afterAll(async () => {
    await store.close();
    expect(await server.stop()).toBe(0);
    expect(server.logs.split('\n').filter((line) => /"level":"(?:error|fatal)"/.test(line))).toEqual([]);
  });

  const basic = (userName: string) => ({ authorization: `Basic ${Buffer.from(`${userName}:`).toString('base64')}` });

  function send(route: string, body: unknown, headers: Record<string, string> = basic(projectKey)): Promise<Answer> {
    return api.post(`/v1/${route}`, body, { headers });
  }

  function sendBatch(batch: unknown[], shared: object = {}): Promise<Answer> {
    return send('batch', { batch, ...shared });
  }

  async function stored(): Promise<Record<string, any>[]> {
    return store.collection('events').find({ projectKey }).sort({ eventId: 1 }).toArray();
  }

  const counts = (received: number, inserted: number, duplicates = 0) => ({
    status: 200,
    body: { success: true, received, inserted, duplicates, rejectedCount: received - inserted - duplicates },
  });

  it('should count its events under a source of their own', async () => {
    const series = '{source="segment",result="inserted"} ';
    const counted = async () =>
      Number(((await user.get('/api/v1/metrics')).text.split(series)[1] ?? '0').split('\n')[0]);
    const before = await counted();
    await sendBatch([
      { ...MESSAGE, type: 'track' },
      { ...MESSAGE, type: 'page', messageId: 'm-2' },
    ]);
    expect(await counted()).toBe(before + 2);
  });

  describe('by its key', () => {
    it.each([...ROUTES, 'batch'])('should open /v1/%s by Basic user name and by writeKey', async (route) => {
      const body = (id: string) => {
        const message = { ...MESSAGE, messageId: id };
        return route === 'batch' ? { batch: [{ ...message, type: 'track' }] } : message;
      };
      expect(await send(route, body('1'))).toMatchObject(counts(1, 1));
      expect(await send(route, { ...body('2'), writeKey: projectKey }, {})).toMatchObject(counts(1, 1));
      const oauth = { authorization: 'Bearer of-another-server' };
      expect(await send(route, { ...body('3'), writeKey: projectKey }, oauth)).toMatchObject(counts(1, 1));
      expect(await send(route, body('3'))).toMatchObject(counts(1, 0, 1));
      expect(await stored()).toHaveLength(3);
    });

    it.each([...ROUTES, 'batch'])('should refuse /v1/%s without a key, and with a wrong one', async (route) => {
      const body = route === 'batch' ? { batch: [{ ...MESSAGE, type: 'track' }] } : MESSAGE;
      const expectRefusal = async (status: number, error: string | RegExp, answer: Promise<Answer>) => {
        const { status: actual, body: refusal, ...rest } = await answer;
        expect([actual, refusal.error]).toEqual([status, expect.stringMatching(error)]);
        expect(errorFaults({ status: actual, body: refusal, ...rest })).toEqual([]);
      };
      await expectRefusal(401, /project key/, send(route, body, {}));
      await expectRefusal(401, /project key/, send(route, body, basic('')));
      await expectRefusal(401, /project key/, send(`${route}?writeKey=${projectKey}`, body, {}));
      await expectRefusal(400, 'writeKey must be a string', send(route, { ...body, writeKey: { $gt: '' } }, {}));
      for (const key of ['0123456789ab', 'x'.repeat(200)]) {
        const sentence = `Project with key '${key.slice(0, 64)}' not found`;
        await expectRefusal(403, sentence, send(route, { ...body, writeKey: projectKey }, basic(key)));
        await expectRefusal(403, sentence, send(route, { ...body, writeKey: key }, {}));
      }
      await user.patch(`/v1/projects/${projectKey}`, { isActive: false });
      await expectRefusal(403, `Project '${projectKey}' is not active`, send(route, body));
      expect(await stored()).toEqual([]);
    });
  });

  describe('as events', () => {
    it('should store each kind of message by its name, without what it does not know', async () => {
      for (const route of ROUTES) {
        const message = { ...MESSAGE, messageId: route, properties: { plan: 'pro' }, traits: { plan: 'free' } };
        const answer = await send(route, { ...message, integrations: { All: true }, linkPending: true, _id: 'x' });
        expect(answer).toMatchObject(counts(1, 1));
      }
      const common = { projectKey, anonymousId: 'a-1', userId: 'u-1' };
      const expected = [
        { eventId: 'alias', eventName: 'alias', ...common, anonymousId: 'p-1' },
        { eventId: 'group', eventName: 'group', ...common, properties: { plan: 'free', group_id: 'g-1' } },
        { eventId: 'identify', eventName: 'identify', ...common, properties: { plan: 'free' } },
        { eventId: 'page', eventName: 'page_view', ...common, properties: { plan: 'pro', page_name: 'Home' } },
        { eventId: 'screen', eventName: 'screen_view', ...common, properties: { plan: 'pro', screen_name: 'Home' } },
        { eventId: 'track', eventName: 'Order Completed', ...common, properties: { plan: 'pro' } },
      ];
      const rows = await stored();
      expect(rows).toMatchObject(expected);
      for (const row of rows) expect(Object.keys(row)).not.toEqual(expect.arrayContaining(['integrations', 'traits']));
    });

    it('should keep of the context only what is harmless', async () => {
      const context = {
        ip: '8.8.8.8',
        userAgent: 'Mozilla/5.0',
        device: { id: 'B5372DB0', name: "Ann's phone" },
        traits: { email: 'ann@example.com' },
        page: { path: '/in', url: 'https://shop.example/in?token=secret', search: '?token=secret' },
        library: { name: 'analytics.js', version: '1' },
      };
      const batch = [{ ...MESSAGE, type: 'track', context: { page: { path: '/own' } } }];
      expect(await sendBatch(batch, { context })).toMatchObject(counts(1, 1));
      const [row] = await stored();
      expect(row?.['properties']).toEqual({
        context_library_name: 'analytics.js',
        context_page_path: '/own',
        context_page_url: 'https://shop.example/in',
      });
      expect(JSON.stringify(row)).not.toMatch(/8\.8\.8|Mozilla|B5372|phone|example\.com|secret/);
    });

    it('should make one person of a visitor who signs in, by identify and by alias', async () => {
      const view = { type: 'screen', name: 'Home', timestamp: AT };
      await sendBatch([
        { ...view, messageId: '1', anonymousId: 'phone' },
        { ...view, messageId: '2', anonymousId: 'tablet' },
        { ...view, messageId: '3', anonymousId: 'stranger' },
      ]);
      const people = async () => (await user.get(`/v1/reports/overview?projectKey=${projectKey}`)).body.uniqueUsers;
      expect(await people()).toBe(3);
      await send('identify', { messageId: '4', timestamp: AT, anonymousId: 'phone', userId: 'ann' });
      expect(await people()).toBe(3);
      await send('alias', { messageId: '5', timestamp: AT, previousId: 'tablet', userId: 'ann' });
      expect(await people()).toBe(2);
    });

    it('T4 should correct the clock by sentAt, of the batch, of a message or of a relayed one', async () => {
      const hourAhead = (seconds: number) => new Date(Date.now() + 3_600_000 + seconds * 1000).toISOString();
      const message = { type: 'track', event: 'tick' };
      await sendBatch(
        [
          { ...message, messageId: '1', timestamp: hourAhead(-60) },
          { ...message, messageId: '2', originalTimestamp: hourAhead(-60), timestamp: AT },
          { ...message, messageId: '3' },
          // Of a device a day behind, ten seconds before it handed this to the relay.
          {
            ...message,
            messageId: '4',
            timestamp: hourAhead(-90_010),
            sentAt: hourAhead(-90_000),
          },
        ],
        { sentAt: hourAhead(0) },
      );
      await send('track', { ...message, messageId: '5', timestamp: hourAhead(-60), sentAt: hourAhead(0) });
      await send('track', { ...message, messageId: '6', timestamp: AT });
      await send('track', { ...message, messageId: '7', timestamp: 'yesterday' });
      const ages = (await stored()).map(({ timestamp, receivedAt }) =>
        timestamp === null ? null : Math.round((receivedAt - timestamp) / 1000),
      );
      const sinceThen = Math.round((Date.now() - Date.parse(AT)) / 1000);
      expect(ages.slice(0, 5)).toEqual([60, 60, 0, 10, 60]);
      expect(Math.abs((ages[5] ?? 0) - sinceThen)).toBeLessThan(60);
      expect(ages[6]).toBeNull();
    });
  });

  describe('message by message', () => {
    it('T12 should refuse only what is bad, say why in the terms of the sender, and answer 200', async () => {
      const good = (messageId: string) => ({ ...MESSAGE, messageId, type: 'track' });
      const answer = await sendBatch([
        good('1'),
        null,
        { ...good('2'), type: 'delete' },
        { ...good('3'), event: 5 },
        { ...good('4'), event: 'x'.repeat(201) },
        { ...good('5'), userId: { $gt: '' } },
        { ...good('x'), messageId: 'x'.repeat(257) },
        { ...good('6'), properties: { text: 'a\u0000b' } },
        { ...good('7'), properties: JSON.parse('{"__proto__": {"isAdmin": true}}') as unknown },
        { ...good('8'), type: 'screen', name: 'half \ud83d' },
        good('9'),
        good('9'),
      ]);
      expect(answer).toMatchObject(counts(12, 2, 1));
      expect(answer.body.rejected).toEqual([
        { index: 1, reason: 'message must be an object' },
        { index: 2, reason: 'type must be one of track, identify, page, screen, group, alias' },
        { index: 3, reason: 'event must be a string' },
        { index: 4, reason: 'event must have at most 200 characters' },
        { index: 5, reason: 'userId must be a string' },
        { index: 6, reason: 'messageId must have at most 256 characters' },
        { index: 7, reason: 'properties hold text that is not valid Unicode or contains a NUL character' },
        { index: 8, reason: "properties hold the reserved key '__proto__'" },
        { index: 9, reason: 'properties hold text that is not valid Unicode or contains a NUL character' },
      ]);
      expect((await user.get(`/v1/reports/overview?projectKey=${projectKey}`)).body).toMatchObject({ totalEvents: 2 });
    });

    it('should answer 200 for a single message that is refused, and for a batch without any', async () => {
      const answer = await send('track', { userId: 'u-1' });
      expect(answer).toMatchObject(counts(1, 0));
      expect(answer.body.rejected).toEqual([{ index: 0, reason: 'event is required' }]);
      expect(await sendBatch([{}])).toMatchObject(counts(1, 0));
      expect(await sendBatch([])).toMatchObject(counts(0, 0));
    });

    it('should bear huge messages beside good ones', async () => {
      const deep = `{"type":"track","event":"deep","properties":${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}}`;
      const wide = `{"type":"track","event":"wide","properties":{${Array.from({ length: 50_000 }, (_, i) => `"k${i}":${i}`).join()}}}`;
      const large = `{"type":"track","event":"large","properties":{"text":"${'x'.repeat(40_000)}"}}`;
      const good = `{"type":"track","event":"good","messageId":"1"}`;
      const raw = `{"batch":[${deep},${wide},${large},${good}]}`;
      const answer = await api.request('POST', '/v1/batch', { raw, headers: basic(projectKey) });
      expect(answer).toMatchObject(counts(4, 1));
    });

    it('T11 should count what is sent again as duplicates, with and without messageId', async () => {
      const { messageId: _, ...anonymous } = MESSAGE;
      const batch = [
        { ...MESSAGE, type: 'track' },
        { ...anonymous, type: 'screen' },
        { ...anonymous, type: 'screen' },
      ];
      expect(await sendBatch(batch, { sentAt: new Date().toISOString() })).toMatchObject(counts(3, 3));
      // A retry is sent later, and says so.
      const later = { sentAt: new Date(Date.now() + 5000).toISOString() };
      expect(await sendBatch(batch, later)).toMatchObject(counts(3, 0, 3));
      const now = { event: 'Clicked', userId: 'u-1' };
      for (let i = 0; i < 2; i += 1) expect(await send('track', now)).toMatchObject(counts(1, 1));
    });
  });

  describe('as a whole', () => {
    it.each([
      ['that is cut off', '{"batch":[', 'The body is not valid JSON'],
      ['that is empty', '', 'The body must be a JSON object'],
      ['that is an array', '[]', 'The body must be a JSON object'],
      ['without a batch', '{}', 'batch is required'],
      ['whose batch is an object', '{"batch":{}}', 'batch must be an array'],
      ['of 5,001 messages', `{"batch":[${'{},'.repeat(5000)}{}]}`, 'batch must hold at most 5000 messages'],
    ])('should answer 400 for a body %s', async (_, raw, error) => {
      const answer = await api.request('POST', '/v1/batch', { raw, headers: basic(projectKey) });
      expect([answer.status, answer.body.error, errorFaults(answer)]).toEqual([400, error, []]);
    });

    it('should take compressed bodies', async () => {
      const body = JSON.stringify({ batch: [{ ...MESSAGE, type: 'track' }] });
      const headers = { ...basic(projectKey), 'content-encoding': 'gzip' };
      expect(await api.request('POST', '/v1/batch', { raw: gzipSync(body), headers })).toMatchObject(counts(1, 1));
      expect(await api.request('POST', '/v1/track', { raw: gzipSync(JSON.stringify(MESSAGE)), headers })).toMatchObject(
        counts(1, 0, 1),
      );
    });

    it("should take batches well above Segment's 500 KB, and answer 413 above 5 MB and for a message above 128 KB", async () => {
      const batch = (messages: number) =>
        Array.from({ length: messages }, (_, i) => ({
          type: 'track',
          event: 'large',
          messageId: `m-${i}`,
          properties: { text: 'y'.repeat(1000) },
        }));
      expect(await sendBatch(batch(4000))).toMatchObject(counts(4000, 4000));
      for (const answer of [
        await sendBatch(batch(4900)),
        await send('track', { ...MESSAGE, context: { text: 'x'.repeat(128 * 1024) } }),
      ]) {
        expect([answer.status, errorFaults(answer)]).toEqual([413, []]);
      }
      // Over 32 KB in all, but not in what is kept.
      const heavy = { ...MESSAGE, messageId: 'heavy', context: { text: 'x'.repeat(100_000) } };
      expect(await send('track', heavy)).toMatchObject(counts(1, 1));
    });
  });
});
