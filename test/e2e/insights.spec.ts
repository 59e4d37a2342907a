import { strFromU8, unzipSync } from 'fflate';
import { browsing } from '../factories/browsing.factory.js';
import { ApiClient, type Answer } from '../support/api-client.js';
import { ChatModelDouble, inEveryField, truth } from '../support/chat-model-double.js';
import { hang, LIES } from '../support/chat-model-lies.js';
import { HOSTILE_TITLES } from '../support/hostile-titles.js';
import { openServerStore } from '../support/server-store.js';
import { ServerProcess } from '../support/server.js';

const DAY_MS = 86_400_000;
/** `YYYY-MM-DD`, in UTC, so many days ago. */
const daysAgo = (days: number): string => new Date(Date.now() - days * DAY_MS).toISOString().slice(0, 10);

/** 60 min of github.com, 30 of youtube.com, 15 of docs.python.org. */
function dayOf(date: string): ReturnType<typeof browsing> {
  return browsing(`${date}T09:00:00Z`, [
    { minutes: 0, domain: 'github.com' },
    { minutes: 20, domain: 'github.com' },
    { minutes: 40, domain: 'github.com' },
    { minutes: 60, domain: 'youtube.com' },
    { minutes: 90, domain: 'docs.python.org' },
    { minutes: 105, domain: null },
  ]);
}

describe('insights without a model', () => {
  let server: ServerProcess;
  let api: ApiClient;
  let ann: ApiClient;
  let ben: ApiClient;

  beforeAll(async () => {
    server = await ServerProcess.start();
    api = new ApiClient(server.url);
    ann = (await api.register('ann')).client;
    ben = (await api.register('ben')).client;
    for (const days of [1, 2, 3, 9]) await sync(ann, dayOf(daysAgo(days)));
  });

  afterAll(async () => {
    expect(await server.stop()).toBe(0);
  });

  async function sync(client: ApiClient, events: object[]): Promise<void> {
    expect((await client.post('/api/events/sync', { events })).body).toMatchObject({ inserted: events.length });
  }

  it('should sum up a day', async () => {
    const date = daysAgo(2);
    const { status, body } = await ann.get(`/api/ai/daily-summary?date=${date}`);
    expect(status).toBe(200);
    expect(body).toEqual({ summary: expect.any(String), date, event_count: 7, narrative: { source: 'template' } });
    expect(body.summary).toContain('You browsed for 1 h 45 min on ');
    expect(body.summary).toContain('most of it on github.com (1 h), then on youtube.com (30 min).');
    expect(body.summary).toContain('That is about as much as the day before.');
    expect(body.summary).toContain('Your longest stretch without a change was 1 h on github.com, from 09:00.');
  });

  it('should say so where nothing was recorded, and remember nothing of it', async () => {
    for (const date of [daysAgo(5), daysAgo(-3), '1999-12-31']) {
      const { body } = await ann.get(`/api/ai/daily-summary?date=${date}`);
      expect(body).toEqual({
        summary: 'No activity recorded for this day.',
        date,
        event_count: 0,
        narrative: { source: 'template' },
      });
    }
    expect((await ben.get('/api/ai/daily-summary')).body).toMatchObject({ event_count: 0, date: daysAgo(0) });
    expect((await ben.get('/api/ai/weekly-report')).body.report).toEqual({
      summary: 'No activity recorded in this week.',
      highlights: [],
      recommendations: [],
    });
    expect((await ben.get('/api/ai/insights/history')).body).toEqual({ insights: [], count: 0 });
  });

  it('should give the figures of the analytics routes', async () => {
    for (const days of [1, 3, 7, 30]) {
      const [insights, productivity, time] = await Promise.all([
        ann.get(`/api/ai/productivity-insights?days=${days}`),
        ann.get(`/api/analytics/productivity?days=${days}`),
        ann.get(`/api/analytics/time-spent?days=${days}`),
      ]);
      expect(insights.body).toEqual({
        insights: expect.any(String),
        productivity_score: productivity.body.score,
        time_spent: {
          total_minutes: time.body.total_minutes,
          productive_minutes: productivity.body.productive_minutes,
          social_minutes: productivity.body.social_minutes,
        },
        narrative: { source: 'template' },
      });
    }
    const [report, dashboard, productivity, patterns] = await Promise.all([
      ann.get('/api/ai/weekly-report'),
      ann.get('/api/analytics/dashboard?days=7'),
      ann.get('/api/analytics/productivity?days=7'),
      ann.get('/api/analytics/patterns?days=7'),
    ]);
    expect(report.body).toEqual({
      report: { summary: expect.any(String), highlights: expect.any(Array), recommendations: expect.any(Array) },
      data: {
        total_events: dashboard.body.total_events,
        top_domains: dashboard.body.top_domains,
        productivity_score: productivity.body.score,
        peak_hour: patterns.body.most_active_hour,
        peak_day: patterns.body.most_active_day,
      },
      period: { start: dashboard.body.period.start, end: dashboard.body.period.end },
      narrative: { source: 'template' },
    });
    expect(report.body.data.total_events).toBe(21);
    expect(report.body.report.highlights.length).toBeGreaterThanOrEqual(3);
    expect(report.body.report.recommendations.length).toBeGreaterThanOrEqual(1);
  });

  it('T15 should count days on the clock of the user', async () => {
    const cleo = (await api.register('cleo')).client;
    await sync(
      cleo,
      browsing(`${daysAgo(3)}T23:30:00Z`, [
        { minutes: 0, domain: 'github.com' },
        { minutes: 10, domain: null },
      ]),
    );
    const count = async (query: string): Promise<number> =>
      (await cleo.get(`/api/ai/daily-summary?${query}`)).body.event_count;
    expect(await count(`date=${daysAgo(3)}`)).toBe(3);
    expect(await count(`date=${daysAgo(3)}&tz=Asia/Tokyo`)).toBe(0);
    await cleo.put('/api/auth/update-profile', { settings: { timezone: 'Asia/Tokyo' } });
    expect([await count(`date=${daysAgo(3)}`), await count(`date=${daysAgo(2)}`)]).toEqual([0, 3]);
    expect((await cleo.get(`/api/ai/daily-summary?date=${daysAgo(2)}`)).body.summary).toContain('from 08:30');
  });

  it('should refuse what is no day, number or zone', async () => {
    for (const query of [
      'daily-summary?date=2025-02-30',
      'daily-summary?date=yesterday',
      'daily-summary?date=2025-1-1',
      'daily-summary?tz=Mars/Base',
      'productivity-insights?days=-1',
      'productivity-insights?days=x',
      'insights/history?limit=-5',
      'insights/history?limit=x',
      'weekly-report?tz=1',
    ]) {
      const { status, body } = await ann.get(`/api/ai/${query}`);
      expect([query, status, body.code]).toEqual([query, 400, 'VALIDATION_FAILED']);
    }
    for (const query of [
      'daily-summary?date=&tz=',
      'productivity-insights?days=',
      'insights/history?limit=',
      'insights/history?limit=0',
      'insights/history?limit=100000',
    ])
      expect([query, (await ann.get(`/api/ai/${query}`)).status]).toEqual([query, 200]);
  });

  it("should categorize by the user's own entries, then by the table, then not at all", async () => {
    const categorize = async (client: ApiClient, domain: unknown, title?: unknown): Promise<Answer> =>
      client.post('/api/ai/categorize', { domain, title });
    expect((await categorize(ann, 'github.com')).body).toEqual({ domain: 'github.com', category: 'work' });
    expect((await categorize(ann, 'https://Gist.GitHub.com/x?y', 'A gist')).body).toEqual({
      domain: 'gist.github.com',
      category: 'work',
    });
    expect((await categorize(ann, 'unknown.example')).body).toEqual({ domain: 'unknown.example', category: 'other' });
    await ann.put('/api/auth/update-profile', {
      settings: { categorization: { 'github.com': 'learning', 'unknown.example': 'news' } },
    });
    expect((await categorize(ann, 'gist.github.com')).body.category).toBe('learning');
    expect((await categorize(ann, 'unknown.example')).body.category).toBe('news');
    expect((await categorize(ben, 'github.com')).body.category).toBe('work');
    await ann.put('/api/auth/update-profile', { settings: { categorization: null } });
    for (const domain of [
      undefined,
      null,
      7,
      '',
      ' ',
      'not a domain',
      { $ne: 1 },
      ['github.com'],
      'x'.repeat(3000),
      'javascript:alert(1)',
      'http://',
    ])
      expect([domain, (await categorize(ann, domain)).status]).toEqual([domain, 400]);
    for (const title of [7, {}, 'x'.repeat(2000)])
      expect((await categorize(ann, 'github.com', title)).status).toBe(400);
  });

  it('A13 should remember insights for their user alone, once for each period, the newest first', async () => {
    for (let i = 0; i < 2; i++) await ann.get(`/api/ai/daily-summary?date=${daysAgo(1)}`);
    await ann.get('/api/ai/weekly-report');
    const { body } = await ann.get('/api/ai/insights/history?limit=100');
    expect(body.count).toBe(body.insights.length);
    const ofDay = body.insights.filter((row: any) => row.kind === 'daily_summary' && row.date === daysAgo(1));
    expect(ofDay).toHaveLength(1);
    const me = (await ann.get('/api/auth/me')).body.user;
    expect(ofDay[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{24}$/),
      userId: me.id,
      date: daysAgo(1),
      kind: 'daily_summary',
      period: { start: daysAgo(1), end: daysAgo(1), timezone: 'UTC' },
      insights: [{ type: 'summary', content: expect.stringContaining('You browsed for 1 h 45 min') }],
      narrative: { source: 'template' },
      generatedAt: expect.stringMatching(/Z$/),
    });
    const times = body.insights.map((row: any) => row.generatedAt);
    expect(times).toEqual([...times].sort().reverse());
    expect((await ann.get('/api/ai/insights/history?limit=1')).body.count).toBe(1);
    expect((await ben.get('/api/ai/insights/history')).body.insights).toEqual([]);
  });

  it('L2 should be part of the export, and go with the history that it tells of', async () => {
    const dora = await api.register('dora');
    await sync(dora.client, dayOf(daysAgo(1)));
    await dora.client.get(`/api/ai/daily-summary?date=${daysAgo(1)}`);
    const response = await fetch(`${server.url}/api/auth/export`, {
      headers: { authorization: `Bearer ${dora.accessToken}` },
    });
    const files = unzipSync(new Uint8Array(await response.arrayBuffer()));
    const rows = strFromU8(files['insights.ndjson']!)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({ kind: 'daily_summary', userId: dora.user.id });
    expect((await dora.client.delete('/api/events?confirm=true')).status).toBe(200);
    expect((await dora.client.get('/api/ai/insights/history')).body.insights).toEqual([]);
    expect((await ann.get('/api/ai/insights/history')).body.count).toBeGreaterThan(0);
  });

  it('L1 should be gone with the account', async () => {
    const emil = await api.register('emil');
    await sync(emil.client, dayOf(daysAgo(1)));
    await emil.client.get(`/api/ai/daily-summary?date=${daysAgo(1)}`);
    const store = await openServerStore(server);
    try {
      const count = (): Promise<number> => store.collection('insights').countDocuments({ userId: emil.user.id });
      expect(await count()).toBe(1);
      expect((await emil.client.delete('/api/auth/me', { password: 'correct horse battery' })).status).toBe(202);
      await server.waitFor(async () => (await count()) === 0, 'the insights to be gone', 60_000);
    } finally {
      await store.close();
    }
  }, 90_000);
});

describe('insights with a model', () => {
  const KEY = 'sk-canary-key-of-the-operator';
  const SECRET_TITLE = 'canary-title-9731';
  let double: ChatModelDouble;
  let server: ServerProcess;
  let api: ApiClient;
  let ann: ApiClient;
  /** Past days with the same browsing, none asked for yet. */
  let fresh: string[];

  beforeAll(async () => {
    double = await ChatModelDouble.start({ apiKey: KEY });
    server = await ServerProcess.start({
      env: {
        OPENAI_BASE_URL: double.url,
        OPENAI_API_KEY: KEY,
        AI_TIMEOUT_MS: '4000',
        LOG_LEVEL: 'trace',
        RATE_LIMIT_ENABLED: 'false',
      },
    });
    api = new ApiClient(server.url);
    ann = (await api.register('ann')).client;
    fresh = Array.from({ length: 150 }, (_, i) => daysAgo(i + 20));
    const events = [...fresh, daysAgo(0), daysAgo(1), daysAgo(2)].flatMap(dayOf);
    events[1]!.payload['title'] = SECRET_TITLE;
    expect((await ann.post('/api/events/sync', { events })).body.inserted).toBe(events.length);
  });

  beforeEach(() => double.reset());

  afterAll(async () => {
    await double.stop();
    expect(await server.stop()).toBe(0);
  });

  const summaryOf = async (date: string): Promise<Answer> => ann.get(`/api/ai/daily-summary?date=${date}`);
  /** What a day is told as when no model is believed; all days of `fresh` are told alike. */
  const TEMPLATE =
    /^You browsed for 1 h 45 min on \w+, \d+ \w+, most of it on github\.com \(1 h\), then on youtube\.com \(30 min\)\. (?:That is about as much as the day before\. )?1 h 15 min went to work and learning \(71 %\), 30 min to social sites and entertainment \(29 %\)\. Your longest stretch without a change was 1 h on github\.com, from 09:00\. It was busiest between 09:00 and 10:00, with 4 events\.$/;

  it('should tell its words, ask once, and ask again when the figures change', async () => {
    const date = fresh.pop()!;
    const first = await summaryOf(date);
    expect(first.body).toMatchObject({ event_count: 7, narrative: { source: 'model', model: 'gpt-4.1-mini' } });
    expect(first.body.summary).toContain('The total time was 1 h 45 min.');
    expect((await summaryOf(date)).body).toEqual(first.body);
    expect(double.requests).toHaveLength(1);
    const more = browsing(`${date}T15:00:00Z`, [
      { minutes: 0, domain: 'x.com' },
      { minutes: 15, domain: null },
    ]);
    await ann.post('/api/events/sync', { events: more });
    expect((await summaryOf(date)).body.summary).toContain('The total time was 2 h.');
    await ann.put('/api/auth/update-profile', { settings: { categorization: { 'x.com': 'work' } } });
    await summaryOf(date);
    expect(double.requests).toHaveLength(3);
    expect(double.faults).toEqual([]);
    await ann.put('/api/auth/update-profile', { settings: { categorization: null } });
  });

  it('should send no title, no address and no other person to the model', async () => {
    await summaryOf(fresh[0]!);
    const { body, data } = double.requests[0]!;
    const sent = JSON.stringify(body);
    expect(sent).not.toMatch(/canary|https?:\/\/github|ann-|@example\.com|page"/);
    expect(data.data.sites[0]).toEqual({ domain: 'github.com', time: '1 h', category: 'work' });
    fresh.shift();
  });

  it('should ask once for many who ask at once', async () => {
    const date = fresh.pop()!;
    const answers = await Promise.all(Array.from({ length: 8 }, () => summaryOf(date)));
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
    expect(double.requests).toHaveLength(1);
  });

  it('should keep a text about a day that goes on for 5 minutes', async () => {
    const today = daysAgo(0);
    await summaryOf(today);
    await summaryOf(today);
    expect(double.requests).toHaveLength(1);
    const store = await openServerStore(server);
    try {
      const filter = { kind: 'daily_summary', to: today };
      const stored = await store.collection('insights').findOne(filter);
      const lasts = stored!.freshUntil.getTime() - stored!.generatedAt.getTime();
      expect(lasts).toBe(5 * 60_000);
      await store.collection('insights').updateOne(filter, { $set: { freshUntil: new Date(Date.now() - 1) } });
      await summaryOf(today);
      expect(double.requests).toHaveLength(2);
      const closed = await store.collection('insights').findOne({ kind: 'daily_summary', to: { $lt: daysAgo(10) } });
      expect(closed).toMatchObject({ freshUntil: null });
    } finally {
      await store.close();
    }
  });

  it('should not keep what a template said in place of the model', async () => {
    const date = fresh.pop()!;
    double.behaviour = LIES['prose in place of JSON']!;
    const fallback = await summaryOf(date);
    expect(fallback.body.narrative).toEqual({ source: 'template' });
    expect(fallback.body.summary).toMatch(TEMPLATE);
    const told = async (): Promise<boolean> =>
      (await ann.get('/api/ai/insights/history?limit=100')).body.insights.some((row: any) => row.date === date);
    expect(await told()).toBe(false);
    double.behaviour = truth;
    expect((await summaryOf(date)).body.narrative.source).toBe('model');
    expect(await told()).toBe(true);
  });

  it.each(Object.keys(LIES))('X5 should not pass on %s', async (name) => {
    // A success in between keeps the breaker closed, so that every lie is told.
    await summaryOf(fresh.pop()!);
    double.behaviour = LIES[name]!;
    const { status, body } = await summaryOf(fresh.pop()!);
    expect([name, status, Object.keys(body)]).toEqual([name, 200, ['summary', 'date', 'event_count', 'narrative']]);
    expect(body.summary).toMatch(TEMPLATE);
    expect([body.event_count, body.narrative]).toEqual([7, { source: 'template' }]);
    expect(double.requests.length).toBeGreaterThanOrEqual(2);
  });

  it('X5 should keep figures and addresses its own, whatever 60 hostile titles make an obedient model write', async () => {
    const expected = {
      days: (await ann.get('/api/analytics/productivity?days=7')).body,
      time: (await ann.get('/api/analytics/time-spent?days=7')).body,
      dashboard: (await ann.get('/api/analytics/dashboard?days=7')).body,
    };
    const truthful = ['The total time was', 'The productivity score was'];
    for (const { title, obeyed } of HOSTILE_TITLES) {
      double.behaviour = (request) => (request.fields.category ? { category: obeyed } : inEveryField(request, obeyed));
      const answers = {
        insights: (await ann.get('/api/ai/productivity-insights?days=7')).body,
        week: (await ann.get('/api/ai/weekly-report')).body,
        category: (await ann.post('/api/ai/categorize', { domain: 'unknown.example', title: title.slice(0, 900) }))
          .body,
      };
      expect([title, answers.category]).toEqual([title, { domain: 'unknown.example', category: 'other' }]);
      expect([title, answers.insights.narrative, answers.week.narrative]).toEqual([
        title,
        { source: 'template' },
        { source: 'template' },
      ]);
      expect(answers.insights.time_spent.total_minutes).toBe(expected.time.total_minutes);
      expect(answers.insights.productivity_score).toBe(expected.days.score);
      expect(answers.week.data.top_domains).toEqual(expected.dashboard.top_domains);
      const said = JSON.stringify(answers);
      expect(said).not.toMatch(/evil|12 ?h\b|12 hours|twelve|https?:|www\.|[<>`\]]\(|\u200b|\u202e/i);
      expect(truthful.some((text) => said.includes(text))).toBe(false);
    }
    double.reset();
    expect((await ann.get('/api/ai/weekly-report')).body.narrative.source).toBe('model');
  }, 180_000);

  it('should categorize by the model what nothing else knows, and believe only the seven names', async () => {
    double.behaviour = () => ({ category: 'shopping' });
    const categorize = async (domain: string): Promise<string> =>
      (await ann.post('/api/ai/categorize', { domain, title: 'Hats' })).body.category;
    expect([
      await categorize('hats.example'),
      await categorize('hats.example'),
      await categorize('github.com'),
    ]).toEqual(['shopping', 'shopping', 'work']);
    expect(double.requests).toHaveLength(1);
    double.behaviour = () => ({ category: 'gambling' });
    expect(await categorize('dice.example')).toBe('other');
    double.behaviour = () => ({ category: 'news' });
    expect(await categorize('dice.example')).toBe('news');
  });

  it('J4 should answer within its time when the model hangs', async () => {
    double.behaviour = hang;
    const started = performance.now();
    const { body } = await summaryOf(fresh.pop()!);
    expect(body.summary).toMatch(TEMPLATE);
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  it('S2 should log neither prompts nor answers nor keys, and count what it saw', async () => {
    double.behaviour = (request) => inEveryField(request, 'A canary answer of 12 hours.');
    await summaryOf(fresh.pop()!);
    expect(server.logs).toContain('daily-summary: no text of the model (gate)');
    for (const secret of [KEY, 'canary', 'sum up one day', 'youtube.com', 'total time'])
      expect([secret, server.logs.includes(secret)]).toEqual([secret, false]);
    const { text } = await api.get('/api/v1/metrics');
    expect(text).not.toContain('canary');
    expect(text).toMatch(/almanac_ai_gate_total\{prompt="daily-summary",verdict="number"\} [1-9]/);
    expect(text).toMatch(/almanac_ai_requests_total\{model="gpt-4\.1-mini",outcome="refusal"\} 1/);
    expect(text).toMatch(/almanac_ai_requests_total\{model="gpt-4\.1-mini",outcome="truncated"\} [1-9]/);
    console.log(
      text
        .split('\n')
        .filter((line) => /^almanac_ai_(gate|requests|fallbacks)/.test(line))
        .join('\n'),
    );
  });
});

describe('insights with Gemini', () => {
  it('should tell the words of its model', async () => {
    const double = await ChatModelDouble.start({ gemini: true, apiKey: 'AIza-canary' });
    const server = await ServerProcess.start({
      env: { GEMINI_API_KEY: 'AIza-canary', GEMINI_BASE_URL: double.url, GEMINI_MODEL: 'gemini-x' },
    });
    try {
      const { client } = await new ApiClient(server.url).register('ann');
      await client.post('/api/events/sync', { events: dayOf(daysAgo(1)) });
      const { body } = await client.get(`/api/ai/daily-summary?date=${daysAgo(1)}`);
      expect(body.narrative).toEqual({ source: 'model', model: 'gemini-x' });
      expect(body.summary).toContain('The total time was 1 h 45 min.');
      expect(double.faults).toEqual([]);
      double.behaviour = LIES['an array of errors']!;
      expect((await client.get('/api/ai/weekly-report')).body.narrative).toEqual({ source: 'template' });
      expect(server.logs).not.toContain('AIza');
    } finally {
      await server.stop();
      await double.stop();
    }
  });
});
