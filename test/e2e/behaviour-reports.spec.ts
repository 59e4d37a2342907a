import { ApiClient } from '../support/api-client.js';
import { ServerProcess } from '../support/server.js';

// The traps of funnels, persons and sessions, through the ingest and the reports as clients use them.

const MINUTE = 60_000;
const BASE = Date.UTC(2025, 0, 6, 10);

describe('behaviour reports over HTTP', () => {
  let server: ServerProcess;
  let client: ApiClient;

  beforeAll(async () => {
    server = await ServerProcess.start({ env: { RATE_LIMIT_ENABLED: 'false' } });
    ({ client } = await new ApiClient(server.url).register('ann'));
  });

  afterAll(async () => {
    await server.stop();
  });

  /** A new project with these events, each batch sent in turn. */
  async function store(...batches: object[][]): Promise<string> {
    const projectKey = await client.createProject();
    for (const events of batches) {
      const answer = await client.post('/v1/events/batch', { projectKey, events });
      expect([answer.status, answer.body.inserted]).toEqual([200, events.length]);
    }
    return projectKey;
  }

  /** `A0 B8` → events of one person with minutes after 10:00. */
  const parse = (text: string, userId = 'u1') =>
    text.split(' ').map((event) => ({
      eventName: event[0],
      timestamp: new Date(BASE + Math.round(Number(event.slice(1)) * MINUTE)).toISOString(),
      userId,
    }));

  const at = (time: string, ids: object, eventName = 'open') => ({
    eventName,
    timestamp: time.length <= 8 ? `2025-01-06T${time}Z` : time,
    ...ids,
  });

  async function get(report: string, projectKey: string, query: Record<string, string> = {}): Promise<any> {
    const answer = await client.get(
      `/v1/reports/${report}?${new URLSearchParams({ projectKey, ...query }).toString()}`,
    );
    expect([report, answer.status, answer.headers.get('x-report-source')]).toEqual([
      report,
      200,
      expect.stringMatching(/^(?:raw|rollup)$/),
    ]);
    return answer.body;
  }

  describe('POST /v1/reports/funnel', () => {
    it.each([
      ['A0 A60 B65', 'A,B', [1, 1], [null, 300]],
      ['A0 B8 C15', 'A,B,C', [1, 1, 0], [null, 480, null]],
      ['A0 B1 A8 B9 C17', 'A,B,C', [1, 1, 1], [null, 60, 480]],
      ['A0 B1 A8 C9', 'A,B,C', [1, 1, 1], [null, 60, 480]],
      ['A0 B10', 'A,B', [1, 1], [null, 600]],
      [`A0 B${10 + 0.001 / 60}`, 'A,B', [1, 0], [null, null]],
      ['A0', 'A,A', [1, 0], [null, null]],
      ['F1 P10 P10 P11', 'F,P,P', [1, 1, 1], [null, 540, 0]],
      ['B5 A5', 'A,B', [1, 1], [null, 0]],
    ])('should follow %p over %p (T1)', async (events, steps, users, seconds) => {
      const projectKey = await store(parse(events));
      const request = { projectKey, steps: steps.split(','), window: '10m' };
      const { body } = await client.post('/v1/reports/funnel', request);
      expect(body.steps.map((step: any) => step.users)).toEqual(users);
      expect(body.steps.map((step: any) => step.medianSecondsFromPrevious)).toEqual(seconds);
      expect(await get('funnel', projectKey, { steps, window: '10m' })).toEqual(body);
    });

    it('should give the medians of the three players (T1)', async () => {
      const hours = (text: string) => text.replace(/\d+/g, (hour) => String((Number(hour) - 12) * 60));
      const projectKey = await store(
        parse(hours('S12 P13 B15'), 'p1'),
        parse(hours('S14 P16'), 'p2'),
        parse(hours('S14 P16 B17'), 'p3'),
      );
      const { body } = await client.post('/v1/reports/funnel', { projectKey, steps: ['S', 'P', 'B'] });
      expect(body.steps.map((step: any) => [step.users, step.medianSecondsFromPrevious, step.inProgress])).toEqual([
        [3, null, 0],
        [3, 7200, 1],
        [2, 5400, 0],
      ]);
    });

    it('should break down, filter and tell how runs of a process ended', async () => {
      const step = (processStep: string, minute: number, country: string, processId: string) => ({
        eventName: processStep.toLowerCase(),
        timestamp: new Date(BASE + minute * MINUTE).toISOString(),
        processName: 'checkout',
        processId,
        processStep,
        properties: { country },
      });
      const projectKey = await store([
        step('START', 0, 'DE', 'r1'),
        step('END', 2, 'DE', 'r1'),
        step('START', 0, 'FR', 'r2'),
      ]);
      const request = { projectKey, steps: ['start', 'end'], mode: 'PROCESS', processName: 'checkout' };
      const { body } = await client.post('/v1/reports/funnel', { ...request, breakdown: 'properties.country' });
      expect(body.breakdown.map(({ value, steps }: any) => [value, ...steps.map((one: any) => one.users)])).toEqual([
        ['DE', 1, 1],
        ['FR', 1, 0],
      ]);
      expect(body.process).toEqual({
        started: 2,
        ended: 1,
        abandoned: 1,
        inProgress: 0,
        medianSeconds: 120,
        p95Seconds: 120,
      });
      const filtered = await client.post('/v1/reports/funnel', { ...request, filter: { 'properties.country': 'DE' } });
      expect(filtered.body.steps.map((one: any) => one.users)).toEqual([1, 1]);
      const query = { steps: 'start,end', 'filter[properties.country]': 'FR' };
      expect(await get('funnel', projectKey, { ...query, mode: 'PROCESS', processName: 'checkout' })).toMatchObject({
        steps: [{ users: 1 }, { users: 0 }],
        process: { started: 1, ended: 0 },
      });
    });

    it.each([
      [{ filter: { country: 'DE' } }, 'must name a property'],
      [{ filter: { 'properties.country': { $gt: '' } } }, 'unknown operator'],
      [{ filter: 'DE' }, 'filter must be an object'],
      [{ breakdown: 'country' }, 'breakdown must name a property'],
      [{ mode: 'PROCESS' }, 'processName'],
      [{ steps: ['a'] }, 'at least 2'],
    ])('should refuse %p', async (changes, sentence) => {
      const projectKey = await store();
      const answer = await client.post('/v1/reports/funnel', { projectKey, steps: ['a', 'b'], ...changes });
      expect([answer.status, answer.body.error]).toEqual([400, expect.stringContaining(sentence)]);
    });
  });

  it('should count a visitor who signs in as one person everywhere (T2)', async () => {
    const projectKey = await store(
      [at('10:00:00', { anonymousId: 'anon-1' }, 'app_open')],
      [at('10:05:00', { anonymousId: 'anon-1', userId: 'user-123' }, 'purchase_success')],
    );
    const steps = ['app_open', 'purchase_success'];
    const funnel = await client.post('/v1/reports/funnel', { projectKey, steps });
    expect(funnel.body.steps.map((step: any) => [step.users, step.conversionRate])).toEqual([
      [1, 1],
      [1, 1],
    ]);
    const days = { from: '2025-01-06', to: '2025-01-06' };
    expect(await get('overview', projectKey, days)).toMatchObject({ totalEvents: 2, uniqueUsers: 1 });
    expect(await get('conversion', projectKey, { ...days, eventName: 'purchase_success' })).toMatchObject({
      totalUsers: 1,
      convertedUsers: 1,
      conversionRate: 1,
    });
    expect(await get('active-users', projectKey, days)).toMatchObject({ dau: 1, wau: 1, mau: 1, stickiness: 1 });
    expect(await get('sessions', projectKey, days)).toMatchObject({ sessions: 1, averageMinutes: 5 });
    const { cohorts } = await get('retention', projectKey, { ...days, returnEvent: 'purchase_success', periods: '1' });
    expect(cohorts).toEqual([
      {
        cohort: '2025-01-06',
        size: 1,
        cells: [
          { period: 0, users: 1, rate: 1, partial: false },
          { period: 1, users: 0, rate: 0, partial: false },
        ],
      },
    ]);
  });

  it('should know persons over time, in whatever order events arrive (T6)', async () => {
    const monday = [1, 2, 3].map((hour) => at(`0${hour}:00:00`, { anonymousId: 'anon-1' }));
    const phone = [at('12:00:00', { anonymousId: 'anon-2' })];
    const tuesday = [
      at('2025-01-07T10:00:00Z', { anonymousId: 'anon-1', userId: 'u1' }),
      at('2025-01-07T11:00:00Z', { anonymousId: 'anon-2', userId: 'u1' }),
    ];
    const tablet = [1, 2].map((hour) => at(`2025-01-08T0${hour}:00:00Z`, { anonymousId: 'anon-1', userId: 'u2' }));
    const orders = [
      [monday, phone, tuesday, tablet],
      [tablet, tuesday, phone, monday],
      [tuesday, tablet, monday, phone],
    ];
    for (const batches of orders) {
      const projectKey = await store(...batches);
      const { items } = await get('active-users', projectKey, { from: '2025-01-06', to: '2025-01-08' });
      expect(items).toEqual([
        { date: '2025-01-06', dau: 1, wau: 1, mau: 1 },
        { date: '2025-01-07', dau: 1, wau: 1, mau: 1 },
        { date: '2025-01-08', dau: 1, wau: 2, mau: 2 },
      ]);
      const { cohorts } = await get('retention', projectKey, {
        from: '2025-01-06',
        to: '2025-01-12',
        interval: 'week',
      });
      expect(cohorts).toMatchObject([{ cohort: '2025-01-06', size: 2 }]);
    }
  });

  it('should count half of four users as converted, and nobody for events without ids (T2)', async () => {
    const did = (userId: string, eventName: string) => at('10:00:00', { userId }, eventName);
    const projectKey = await store([
      ...[1, 2, 3].map((minute) => at(`10:0${minute}:00`, { userId: 'u1' }, 'purchase_success')),
      ...[did('u2', 'purchase_success'), did('u3', 'app_open'), did('u4', 'app_open'), at('10:00:00', {}, 'app_open')],
    ]);
    expect(await get('conversion', projectKey, { eventName: 'purchase_success' })).toMatchObject({
      totalUsers: 4,
      convertedUsers: 2,
      conversionRate: 0.5,
    });
    expect(await get('overview', projectKey)).toMatchObject({ totalEvents: 7, uniqueUsers: 4, uniqueEventNames: 2 });
  });

  /** The hours or days of a series in which something happened. */
  async function seriesOf(times: string[], query: Record<string, string>): Promise<[string, number][]> {
    const projectKey = await store(times.map((time) => at(time, { userId: 'u1' })));
    const { items } = await get('events-timeseries', projectKey, query);
    return items.flatMap(({ time, count }: any) => (count > 0 ? [[time, count]] : []));
  }

  it.each<[string, string, string[], [string, number][]]>([
    [
      'UTC',
      '2025-11-17',
      ['2025-11-17T22:40:00Z', '2025-11-17T23:00:00Z', '2025-11-17T23:59:59.999Z', '2025-11-18T00:00:00Z'],
      [
        ['2025-11-17 22:00', 1],
        ['2025-11-17 23:00', 2],
      ],
    ],
    [
      'UTC',
      '2025-11-18',
      ['2025-11-17T23:59:59.999Z', '2025-11-18T00:00:00Z', '2025-11-18T00:09:59Z'],
      [['2025-11-18 00:00', 2]],
    ],
    [
      'Asia/Kolkata',
      '2025-11-17',
      ['2025-11-17T00:00:00Z', '2025-11-17T00:29:59.999Z', '2025-11-17T00:30:00Z', '2025-11-17T18:30:00Z'],
      [
        ['2025-11-17 05:00', 2],
        ['2025-11-17 06:00', 1],
      ],
    ],
    [
      'Europe/Berlin',
      '2025-03-30',
      ['2025-03-30T00:30:00Z', '2025-03-30T01:00:00Z', '2025-03-30T01:29:59Z'],
      [
        ['2025-03-30 01:00', 1],
        ['2025-03-30 03:00', 2],
      ],
    ],
    ['Africa/Cairo', '2025-04-25', ['2025-04-24T21:59:59.999Z', '2025-04-24T22:00:00Z'], [['2025-04-25 01:00', 1]]],
  ])('should count by the local hours of %s on %s (T5)', async (tz, day, times, hours) => {
    expect(await seriesOf(times, { interval: 'hour', tz, from: day, to: day })).toEqual(hours);
    const total = hours.reduce((sum, [, count]) => sum + count, 0);
    expect(await seriesOf(times, { tz, from: day, to: day })).toEqual([[day, total]]);
  });

  it('should count the 25 hours of a day in Berlin (T5)', async () => {
    const times = ['2025-10-25T22:00:00Z', '2025-10-26T00:30:00Z', '2025-10-26T01:29:59Z', '2025-10-26T22:59:59.999Z'];
    const day = { tz: 'Europe/Berlin', from: '2025-10-26', to: '2025-10-26' };
    const projectKey = await store(times.map((time) => at(time, { userId: 'u1' })));
    const { items } = await get('events-timeseries', projectKey, { interval: 'hour', ...day });
    expect(items).toHaveLength(25);
    expect(items.filter(({ time }: any) => time === '2025-10-26 02:00').map(({ count }: any) => count)).toEqual([1, 1]);
    expect((await get('events-timeseries', projectKey, day)).items).toEqual([{ time: '2025-10-26', count: 4 }]);
  });

  it('should begin the seven days before 22 November in Berlin at 2025-11-15T23:00Z (T15)', async () => {
    const times = ['2025-11-15T22:59:59.999Z', '2025-11-15T23:00:00Z', '2025-11-22T05:40:00Z'];
    const week = { tz: 'Europe/Berlin', from: '2025-11-16', to: '2025-11-22' };
    expect(await seriesOf(times, week)).toEqual([
      ['2025-11-16', 1],
      ['2025-11-22', 1],
    ]);
  });

  it('should find sessions (T14)', async () => {
    const plain = await store(
      ['10:00:00', '10:20:00', '10:50:00', '11:20:01'].map((time) => at(time, { userId: 'u1' })),
    );
    expect(await get('sessions', plain)).toMatchObject({ sessions: 2, averageMinutes: 25, bounceRate: 0.5 });

    const steady = Array.from({ length: 76 }, (_, i) =>
      at(new Date(BASE + i * 20 * MINUTE).toISOString(), { userId: 'u1' }),
    );
    const long = await store(steady);
    expect((await get('sessions', long)).sessions).toBe(2);

    const night = ['2025-01-06T23:50:00Z', '2025-01-07T00:10:00Z'].map((time) =>
      at(time, { userId: 'u1', sessionId: 's1' }),
    );
    const midnight = await store(night);
    const days = { from: '2025-01-06', to: '2025-01-07' };
    for (const by of ['inactivity', 'sessionId']) {
      expect((await get('sessions', midnight, { ...days, by })).items).toEqual([
        { time: '2025-01-06', sessions: 1, averageMinutes: 20, bounceRate: 0 },
        { time: '2025-01-07', sessions: 0, averageMinutes: 0, bounceRate: 0 },
      ]);
    }
  });

  it.each([
    ['retention?interval=hour', 'interval must be one of day, week, month'],
    ['retention?interval=week&mode=24h', 'mode 24h needs interval day'],
    ['retention?periods=0', 'periods must be'],
    ['retention?breakdown=properties.country', 'breakdown is not supported'],
    ['sessions?breakdown=properties.country', 'breakdown is not supported'],
    ['active-users?compare=previous', 'compare is not supported'],
    ['retention?from=2020-01-01&to=2025-01-01', 'more than 400 cohorts'],
    ['retention?filter[country]=DE', 'must name a property'],
    ['sessions?by=person', 'by must be'],
    ['sessions?interval=hour&from=2020-01-01&to=2025-01-01', 'more than 366 days by hour'],
    ['active-users?from=2020-01-01&to=2025-01-01', 'more than 400 days'],
    ['active-users?tz=Mars', 'tz must be'],
    ['funnel?steps=a', 'at least 2'],
  ])('should refuse %p', async (query, sentence) => {
    const projectKey = await store();
    const answer = await client.get(`/v1/reports/${query}&projectKey=${projectKey}`);
    expect([answer.status, answer.body.error]).toEqual([400, expect.stringContaining(sentence)]);
  });
});
