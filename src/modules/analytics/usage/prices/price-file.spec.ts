import { readFileSync } from 'node:fs';
import { costOf } from './cost.js';
import { overrideModels, parsePriceFile, PriceFileError } from './price-file.js';
import { PriceList } from './price-list.js';

const builtIn = readFileSync(new URL('./prices.json', import.meta.url), 'utf8');

const period = { input: 2, output: 12 };

function file(models: object[], reasoning = 'apart'): string {
  const source = { title: 'A contract', checked: '2026-01-31' };
  return JSON.stringify({ providers: [{ name: 'acme', source, reasoning, models }] });
}

function problemsOf(text: string): string[] {
  try {
    parsePriceFile(text);
    return [];
  } catch (error) {
    if (error instanceof PriceFileError) return error.problems;
    throw error;
  }
}

describe('a price file', () => {
  it('should give what is absent its default', () => {
    const longInput = { above: 200_000, input: 4, output: 18, reasoning: 20 };
    const [model] = parsePriceFile(file([{ name: 'm', prices: [{ ...period, from: '2026-01-01', longInput }] }]));
    expect(model).toEqual({
      name: 'm',
      provider: 'acme',
      aliases: [],
      periods: [
        {
          from: Date.parse('2026-01-01T00:00:00Z'),
          until: null,
          input: 2_000_000n,
          cachedInput: 2_000_000n,
          output: 12_000_000n,
          reasoning: 12_000_000n,
          longInput: {
            above: 200_000,
            input: 4_000_000n,
            cachedInput: 4_000_000n,
            output: 18_000_000n,
            reasoning: 20_000_000n,
          },
        },
      ],
    });
    const [other] = parsePriceFile(file([{ name: 'm', prices: [{ input: 0.003625, output: 0.87 }] }], 'inOutput'));
    expect(other!.periods[0]).toMatchObject({ from: -Infinity, input: 3625n, reasoning: null });
  });

  it.each([
    ['{', 'it is not JSON'],
    ['[]', 'the file must be object'],
    [
      file([{ name: 'm', prices: [{ ...period, longInput: { above: 300_000, input: 4, output: 18 } }] }]),
      'm: longInput.above is 300000, but must be one of 128000, 200000, 256000, 272000, 400000, 512000, 1000000',
    ],
    ['{}', "must have required property 'providers'"],
    [file([{ name: 'm', prices: [] }]), '/providers/0/models/0/prices must NOT have fewer than 1 items'],
    [file([{ name: 'm', prices: [{ input: 1 }] }]), "must have required property 'output'"],
    [file([{ name: 'm', prices: [{ ...period, input: -1 }] }]), '/prices/0/input must be >= 0'],
    [file([{ name: 'm', prices: [{ ...period, input: '1' }] }]), '/prices/0/input must be number'],
    [file([{ name: 'm', prices: [{ ...period, cached: 1 }] }]), "must NOT have additional properties ('cached')"],
    [file([{ name: 'm', prices: [{ ...period, from: '1.1.2026' }] }]), '/from must match pattern'],
    [file([{ name: ' m', prices: [period] }]), '/name must match pattern'],
    [file([{ name: 'm', prices: [{ ...period, from: '2026-02-30' }] }]), "m: '2026-02-30' is not a date"],
    [file([{ name: 'm', prices: [{ ...period, input: 0.0000001 }] }]), 'm: 1e-7 has more than six decimals'],
    [file([{ name: 'm', prices: [{ ...period, from: '2026-02-01', until: '2026-02-01' }] }]), 'ends before it begins'],
    [file([{ name: 'm', prices: [period, period] }]), 'm: period 2 begins before period 1 ends'],
    [
      file([
        {
          name: 'm',
          prices: [
            { ...period, until: '2026-02-02' },
            { ...period, from: '2026-02-01' },
          ],
        },
      ]),
      'm: period 2 begins before period 1 ends',
    ],
    [file([{ name: 'm', prices: [{ ...period, reasoning: 3 }] }], 'inOutput'), 'm: reasoning has a price'],
    [
      file([
        { name: 'm', prices: [period] },
        { name: 'n', aliases: ['M'], prices: [period] },
      ]),
      "the name 'm' stands twice",
    ],
  ])('should be refused, with the place: %s', (text, problem) => {
    expect(problemsOf(text)).toEqual([expect.stringContaining(problem)]);
  });

  it('should name a few of many problems', () => {
    const models = Array.from({ length: 50 }, (_, i) => ({
      name: `m${i}`,
      prices: [{ ...period, from: '2026-02-31' }],
    }));
    expect(problemsOf(file(models))).toHaveLength(10);
  });
});

describe('an override', () => {
  it('should take the place of what bears its names', () => {
    const models = parsePriceFile(
      file([
        { name: 'a', aliases: ['a-new', 'a-old'], prices: [period] },
        { name: 'b', prices: [period] },
      ]),
    );
    const overrides = parsePriceFile(file([{ name: 'B', aliases: ['a-old'], prices: [{ input: 1, output: 1 }] }]));
    const list = new PriceList(overrideModels(models, overrides));
    expect(['a', 'a-new', 'a-old', 'b'].map((name) => list.labelOf(name))).toEqual(['a', 'a', 'B', 'B']);
  });
});

describe('the built-in price file', () => {
  const list = new PriceList(parsePriceFile(builtIn));
  const cost = (model: string, time: string, inputTokens: number, cachedInputTokens: number, outputTokens: number) =>
    costOf(
      { model, timestamp: Date.parse(time), inputTokens, cachedInputTokens, outputTokens, reasoningTokens: 495 },
      list,
    ).nanoUsd;

  it('should name the page and the day for each provider', () => {
    const { providers } = JSON.parse(builtIn) as { providers: { name: string; source: { url: string } }[] };
    expect(providers.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['openai', 'gemini', 'anthropic', 'deepseek', 'mistral', 'xai']),
    );
    for (const { source } of providers) expect(source.url).toMatch(/^https:\/\//);
  });

  it('should give the right answers (T10)', () => {
    expect(cost('gpt-4o-2024-08-06', '2026-01-01', 62_394, 60_024, 214)).toBe(83_095_000);
    expect(cost('gemini-3-pro-preview', '2026-01-01', 324, 0, 1364)).toBe(22_956_000);
  });

  it('should know prices that have changed', () => {
    const o3 = (time: string) => cost('o3-2025-04-16', time, 1_000_000, 0, 0);
    expect([o3('2025-06-09T23:59:59Z'), o3('2025-06-10')]).toEqual([10e9, 2e9]);
  });

  it.each([
    ['gpt-4.1-mini-2025-04-14', 'gpt-4.1-mini'],
    ['gpt-5.1-codex', 'gpt-5.1'],
    ['claude-sonnet-4-20250514', 'claude-sonnet-4'],
    ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
    ['claude-opus-4-1-20250805', 'claude-opus-4-1'],
    ['claude-3-5-haiku-latest', 'claude-3-5-haiku'],
    ['models/gemini-2.5-flash-preview-09-2025', 'gemini-2.5-flash'],
    ['gemini-2.0-flash-001', 'gemini-2.0-flash'],
    ['mistral-small-latest', 'mistral-small'],
    ['codex-mini-latest', 'codex-mini-latest'],
    ['ft:gpt-4o-mini-2024-07-18:acme::8aBcD', 'ft:gpt-4o-mini'],
  ])('should know %s', (name, expected) => {
    expect(list.labelOf(name)).toBe(expected);
  });
});
