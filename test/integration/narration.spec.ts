import { setTimeout as sleep } from 'node:timers/promises';
import { renderMetrics } from '../../src/common/metrics/metrics.js';
import type { Fact } from '../../src/infra/ai/fact.js';
import type { Narration } from '../../src/infra/ai/narration.service.js';
import { PromptLibrary } from '../../src/infra/ai/prompt-library.js';
import { startAiApp, type AiApp } from '../support/ai-app.js';
import { requestFault, strictModeFaults } from '../support/chat-completions.schema.js';
import {
  ChatModelDouble,
  completion,
  inEveryField,
  sendError,
  sendJson,
  truth,
  USAGE,
} from '../support/chat-model-double.js';
import { endlessBody, hang, LIES, OUTAGES, slowDrip } from '../support/chat-model-lies.js';

const FACTS: Fact[] = [
  { value: 375, unit: 'minutes', label: 'active time' },
  { value: 72.4, unit: 'percent', label: 'productive share' },
];
const TEMPLATE = { summary: 'You were active for 6 h 15 min.' };
const WEEKLY = { summary: 'A week.', highlights: ['One thing.'], recommendations: ['Go on.'] };

describe('narration', () => {
  let double: ChatModelDouble;
  let app: AiApp;

  async function start(env: Record<string, string> = {}): Promise<void> {
    app = await startAiApp({ OPENAI_BASE_URL: double.url, OPENAI_API_KEY: 'sk-test-key', ...env });
  }

  const narrate = (more: object = {}): Promise<Narration<'summary'>> =>
    app.narration.narrate({
      prompt: 'daily-summary',
      userId: 'ann',
      facts: FACTS,
      data: { domains: [] },
      template: TEMPLATE,
      ...more,
    });

  /** A fresh application for each test: its breaker remembers. */
  beforeEach(async () => {
    double = await ChatModelDouble.start();
  });

  afterEach(async () => {
    await app.close();
    await double.stop();
  });

  const metric = async (line: string): Promise<number> =>
    Number(
      (await renderMetrics())
        .split('\n')
        .find((text) => text.startsWith(line))
        ?.split(' ')
        .at(-1) ?? 0,
    );

  it('should give the words of a model that tells the truth, and log the call', async () => {
    await start();
    const before = await metric('almanac_ai_requests_total{model="gpt-4.1-mini",outcome="success"}');
    const narration = await narrate();
    expect(narration).toMatchObject({
      fields: { summary: 'The active time was 6 h 15 min. The productive share was 72.4 %.' },
      narrative: { source: 'model', model: 'gpt-4.1-mini' },
      final: true,
      promptVersion: app.narration.promptVersion('daily-summary'),
    });
    expect(app.calls).toEqual([
      {
        userId: 'ann',
        provider: 'openai',
        model: 'gpt-4.1-mini',
        callType: 'completion',
        purpose: 'daily-summary',
        responseSeconds: expect.any(Number),
        inputTokens: USAGE.prompt_tokens,
        cachedInputTokens: 128,
        outputTokens: 60,
        reasoningTokens: 16,
        success: true,
        error: null,
        timestamp: expect.any(Number),
      },
    ]);
    expect(app.calls[0]?.responseSeconds).toBeLessThan(10);
    expect(await metric('almanac_ai_requests_total{model="gpt-4.1-mini",outcome="success"}')).toBe(before + 1);
  });

  it('should ask as the published API says, with strict schema, rules and figures, and no tools', async () => {
    await start({ OPENAI_MODEL: 'gpt-x', OPENAI_TEMPERATURE: '0.7', OPENAI_MAX_TOKENS: '1234' });
    await narrate();
    const [request] = double.requests;
    expect(double.faults).toEqual([]);
    expect(requestFault(request?.body)).toBeNull();
    expect(request?.headers.authorization).toBe('Bearer sk-test-key');
    expect(request?.body).toMatchObject({ model: 'gpt-x', temperature: 0.7, max_tokens: 1234 });
    expect(request?.body.response_format).toMatchObject({
      type: 'json_schema',
      json_schema: { name: 'daily_summary', strict: true },
    });
    expect(Object.keys(request?.body ?? {}).sort()).toEqual([
      'max_tokens',
      'messages',
      'model',
      'response_format',
      'temperature',
    ]);
    expect(request?.body.messages.map(({ role }) => role)).toEqual(['system', 'user']);
    expect(request?.data).toEqual({
      figures: { 'active time': '6 h 15 min', 'productive share': '72.4 %' },
      data: { domains: [] },
    });
  });

  it('should have schemas that strict mode accepts', async () => {
    await start();
    const prompts = new PromptLibrary().list();
    expect(prompts.length).toBeGreaterThanOrEqual(4);
    for (const { name, schema } of prompts) expect([name, strictModeFaults(schema)]).toEqual([name, []]);
    expect(strictModeFaults({ type: 'object', properties: { a: { type: 'string', minLength: 1 } } })).toHaveLength(3);
  });

  it('should use templates, final, where no model is configured', async () => {
    app = await startAiApp({});
    expect(await narrate()).toMatchObject({ fields: TEMPLATE, narrative: { source: 'template' }, final: true });
    expect((await narrate()).narrative).not.toHaveProperty('model');
    expect([app.calls, app.narration.modelName()]).toEqual([[], null]);
  });

  describe('by a model that lies', () => {
    it.each(Object.keys(LIES))('X5 should not pass on %s', async (name) => {
      await start();
      double.behaviour = LIES[name]!;
      const narration = await narrate();
      expect(narration).toEqual({
        fields: TEMPLATE,
        narrative: { source: 'template' },
        final: false,
        promptVersion: app.narration.promptVersion('daily-summary'),
      });
      expect(app.calls).toHaveLength(double.requests.length);
      expect(double.requests.length).toBeLessThanOrEqual(4);
      expect(JSON.stringify(app.calls)).not.toMatch(/12 hours|twelve|canary/);
    });

    it.each(Object.keys(OUTAGES))('X1 should try again after %s, at most three times', async (name) => {
      await start();
      double.next(OUTAGES[name]!);
      expect((await narrate()).narrative.source).toBe('model');
      expect(app.calls.map(({ success }) => success)).toEqual([false, true]);
      double.reset();
      double.behaviour = OUTAGES[name]!;
      expect(await narrate()).toMatchObject({ fields: TEMPLATE, final: false });
      expect(double.requests).toHaveLength(4);
    });

    it('should repair at most twice, quoting the fault', async () => {
      await start();
      double.next(
        (request) => inEveryField(request, 'You were active for about 6.5 hours.'),
        () => 'no JSON at all',
      );
      expect(await narrate()).toMatchObject({ narrative: { source: 'model' }, final: true });
      expect(double.requests).toHaveLength(3);
      const [, second, third] = double.requests.map(({ body }) => body.messages);
      expect(second?.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
      expect(second?.at(-1)?.content).toContain(
        'summary: "for about 6.5 hours." is a figure that equals none of the facts',
      );
      expect(third?.map(({ role }) => role)).toEqual(['system', 'user', 'assistant', 'user']);
      expect(third?.at(-1)?.content).toContain('not one JSON object');
    });

    it('should let the template stand in for single fields, and keep the good ones', async () => {
      await start();
      double.behaviour = () => ({
        summary: 'You were active for 12 hours.',
        highlights: ['It was 375 minutes.', 'A good week.'],
        recommendations: ['Sleep for 9 hours.', 'Go on.'],
      });
      const narration = await app.narration.narrate({
        prompt: 'weekly-report',
        userId: null,
        facts: FACTS,
        data: {},
        template: WEEKLY,
      });
      expect(narration).toMatchObject({
        fields: {
          summary: 'A week.',
          highlights: ['It was 375 minutes.', 'A good week.'],
          recommendations: ['Go on.'],
        },
        narrative: { source: 'model' },
        final: false,
      });
      expect(double.requests).toHaveLength(3);
    });

    it('should want as many items as the template has where they stand for things', async () => {
      await start();
      const template = { ...WEEKLY, highlights: ['First person.', 'Second person.'] };
      double.behaviour = () => ({ summary: 'Good.', highlights: ['Only this.'], recommendations: ['Go on.'] });
      const request = { prompt: 'weekly-report', userId: null, facts: FACTS, data: {}, template } as const;
      expect((await app.narration.narrate(request)).fields.highlights).toEqual(['Only this.']);
      expect((await app.narration.narrate({ ...request, perItem: ['highlights'] })).fields.highlights).toEqual(
        template.highlights,
      );
    });

    it('should raise the limit once after a truncated answer, and report the second as truncated', async () => {
      await start();
      double.next(LIES['a truncated answer']!);
      expect((await narrate()).narrative.source).toBe('model');
      expect(double.requests.map(({ body }) => body.max_tokens)).toEqual([4000, 8000]);
      expect(app.calls.map(({ success, error, outputTokens }) => [success, error, outputTokens])).toEqual([
        [false, 'truncated', 60],
        [true, null, 60],
      ]);
      double.behaviour = LIES['a truncated answer']!;
      const before = await metric('almanac_ai_fallbacks_total{prompt="daily-summary",reason="truncated"}');
      expect((await narrate()).final).toBe(false);
      expect(await metric('almanac_ai_fallbacks_total{prompt="daily-summary",reason="truncated"}')).toBe(before + 1);
    });

    it('should ask once when the answer is a refusal or filtered', async () => {
      await start();
      for (const name of ['a refusal', 'a filtered answer']) {
        double.reset();
        double.behaviour = LIES[name]!;
        await narrate();
        expect([name, double.requests.length]).toEqual([name, 1]);
      }
      expect(app.calls.map(({ error }) => error)).toEqual(['refusal', 'content_filter']);
    });

    it('should count the verdicts of the gate', async () => {
      await start();
      const verdict = (name: string): Promise<number> =>
        metric(`almanac_ai_gate_total{prompt="daily-summary",verdict="${name}"}`);
      const before = await Promise.all(['passed', 'number', 'markup'].map(verdict));
      double.next((request) => inEveryField(request, 'Sixteen hours.'), LIES['a bare domain']!, truth);
      await narrate();
      const after = await Promise.all(['passed', 'number', 'markup'].map(verdict));
      expect(after.map((count, i) => count - (before[i] ?? 0))).toEqual([1, 1, 1]);
    });
  });

  describe('when the provider fails', () => {
    it('X1 J4 should give up a model that hangs or drips when the time is over', async () => {
      await start({ AI_TIMEOUT_MS: '2000' });
      for (const behaviour of [hang, slowDrip]) {
        double.reset();
        double.behaviour = behaviour;
        const started = performance.now();
        expect((await narrate()).narrative.source).toBe('template');
        expect(performance.now() - started).toBeLessThan(15_000);
        expect(double.requests).toHaveLength(1);
      }
      expect(app.calls.map(({ error }) => error)).toEqual(['timeout', 'timeout']);
    });

    it('X1 should stop reading after 10 MB', async () => {
      await start();
      double.behaviour = endlessBody;
      expect((await narrate()).narrative.source).toBe('template');
      expect(app.calls.map(({ error }) => error)).toEqual(['too_large']);
    });

    it('X1 should wait as Retry-After says, and not at all where that is long', async () => {
      await start();
      double.next((_request, response) => {
        sendError(response, 429, 'slow down', false, { 'retry-after': '1' });
        return undefined;
      });
      const started = performance.now();
      expect((await narrate()).narrative.source).toBe('model');
      expect(performance.now() - started).toBeGreaterThanOrEqual(990);
      double.behaviour = (_request, response) => {
        sendError(response, 429, 'slow down', false, { 'retry-after': '3600' });
        return undefined;
      };
      double.requests.length = 0;
      expect((await narrate()).narrative.source).toBe('template');
      expect(double.requests).toHaveLength(1);
    });

    it('X1 should ask no more for a while after five failures', async () => {
      await start();
      double.behaviour = LIES['a 401']!;
      for (let i = 0; i < 8; i++) expect((await narrate()).fields).toEqual(TEMPLATE);
      expect(app.calls).toHaveLength(5);
      expect(await metric('almanac_ai_breaker_state{model="gpt-4.1-mini"}')).toBe(1);
      double.reset();
      expect((await narrate()).narrative.source).toBe('template');
      expect(double.requests).toHaveLength(0);
    });

    it('should not take the faults of single requests for an outage', async () => {
      await start();
      double.behaviour = LIES['an array of errors']!;
      for (let i = 0; i < 8; i++) await narrate();
      double.reset();
      expect((await narrate()).narrative.source).toBe('model');
    });

    it('J4 should let go of a hanging model when the caller or the server gives up', async () => {
      await start();
      double.behaviour = hang;
      const giveUp = new AbortController();
      const first = narrate({ signal: giveUp.signal });
      const second = narrate();
      while (double.requests.length < 2) await sleep(5);
      giveUp.abort();
      expect((await first).fields).toEqual(TEMPLATE);
      app.module.enableShutdownHooks();
      const closing = app.module.close();
      expect((await second).fields).toEqual(TEMPLATE);
      await closing;
      expect(app.calls.map(({ error }) => error)).toEqual(['aborted', 'aborted']);
    });

    it('should ask a server again without what it does not know', async () => {
      await start();
      const refuse =
        (param: string) =>
        ({ body }: any, response: any): string | object | undefined => {
          if (!(param in body)) return inEveryFieldOf('daily-summary');
          sendJson(response, 400, {
            error: { message: `Unsupported parameter: '${param}'`, param, code: 'unsupported_parameter' },
          });
          return undefined;
        };
      const inEveryFieldOf = (_name: string): object => ({ summary: 'You were active.' });
      double.behaviour = refuse('temperature');
      expect((await narrate()).narrative.source).toBe('model');
      expect(double.requests.map(({ body }) => 'temperature' in body)).toEqual([true, false]);
      double.behaviour = refuse('response_format');
      expect((await narrate()).narrative.source).toBe('model');
      expect(double.requests.slice(2).map(({ body }) => body.response_format?.type ?? 'none')).toEqual([
        'json_schema',
        'json_schema',
        'json_object',
        'none',
      ]);
      double.requests.length = 0;
      await narrate();
      expect(double.requests).toHaveLength(1);
    });
  });

  describe('with Gemini', () => {
    it('should speak to its endpoint in a schema that it accepts', async () => {
      const gemini = await ChatModelDouble.start({ gemini: true, apiKey: 'AIza-server' });
      app = await startAiApp({ GEMINI_API_KEY: 'AIza-server', GEMINI_BASE_URL: gemini.url, GEMINI_MODEL: 'gemini-x' });
      expect((await narrate()).narrative).toEqual({ source: 'model', model: 'gemini-x' });
      expect(gemini.faults).toEqual([]);
      expect(app.calls[0]).toMatchObject({ provider: 'gemini', model: 'gemini-x', success: true });
      gemini.behaviour = OUTAGES['a 503']!;
      expect((await narrate()).narrative.source).toBe('template');
      expect(app.calls.slice(1).map(({ error }) => error)).toEqual(Array(4).fill('server_error'));
      await gemini.stop();
    });

    it("should use a request's own key for that request alone", async () => {
      const gemini = await ChatModelDouble.start({ gemini: true, apiKey: 'AIza-of-a-request' });
      await start({ GEMINI_BASE_URL: gemini.url });
      const own = await narrate({ apiKey: 'AIza-of-a-request' });
      expect(own.narrative).toEqual({ source: 'model', model: 'gemini-2.5-flash' });
      expect((await narrate()).narrative).toEqual({ source: 'model', model: 'gpt-4.1-mini' });
      // Bad keys of others open no breaker but their own.
      for (let i = 0; i < 7; i++)
        expect((await narrate({ apiKey: `AIza-wrong-${i}` })).narrative.source).toBe('template');
      expect((await narrate({ apiKey: 'AIza-of-a-request' })).narrative.source).toBe('model');
      expect(JSON.stringify(app.calls)).not.toContain('AIza');
      expect(app.calls.filter(({ provider }) => provider === 'gemini')).toHaveLength(9);
      await gemini.stop();
    });

    it('should be asked without a schema where the server refuses any', async () => {
      const gemini = await ChatModelDouble.start({ gemini: true });
      app = await startAiApp({ GEMINI_API_KEY: 'x', GEMINI_BASE_URL: gemini.url });
      gemini.behaviour = (request, response) => {
        if (request.body.response_format?.type !== 'json_schema') return { summary: 'Fine.' };
        sendJson(response, 400, [{ error: { code: 400, message: 'Unknown name "strict" at \'generation_config\'' } }]);
        return undefined;
      };
      expect((await narrate()).fields.summary).toBe('Fine.');
      await gemini.stop();
    });
  });

  it('should take a valid answer between fences, as some servers send it', async () => {
    await start();
    double.next(({ body }, response) => {
      sendJson(response, 200, completion(body.model, '```json\n{"summary":"You were active."}\n```'));
      return undefined;
    });
    expect((await narrate()).fields.summary).toBe('You were active.');
  });

  it('should not send what is too much, and tell nobody of it', async () => {
    await start();
    const data = { titles: Array.from({ length: 5000 }, (_, i) => `title ${i}`) };
    expect((await narrate({ data })).fields).toEqual(TEMPLATE);
    expect([double.requests.length, app.calls.length]).toEqual([0, 0]);
  });
});
