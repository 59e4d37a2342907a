import { costOf, exactCostOf, type BilledCall } from './cost.js';
import { PriceList, type PricePeriod } from './price-list.js';

const DAY = Date.parse('2026-01-15T12:00:00Z');

const pico = (usdPerMillion: number): bigint => BigInt(Math.round(usdPerMillion * 1e6));

function period(
  input: number,
  cachedInput: number,
  output: number,
  reasoning: number | null = null,
  rest: Partial<PricePeriod> = {},
): PricePeriod {
  return {
    from: Date.parse('2025-01-01T00:00:00Z'),
    until: null,
    input: pico(input),
    cachedInput: pico(cachedInput),
    output: pico(output),
    reasoning: reasoning === null ? null : pico(reasoning),
    longInput: null,
    ...rest,
  };
}

const model = (name: string, ...periods: PricePeriod[]) => ({ name, provider: 'openai', aliases: [], periods });

const prices = new PriceList([
  model('plain', period(2.5, 1.25, 10)),
  model('thinking', period(2, 0.2, 12, 12)),
  model('embedding', period(0.02, 0.02, 0)),
  model('tiny', period(0.0375, 0.01, 0.15)),
  model(
    'cheaper',
    period(10, 10, 10, null, { until: Date.parse('2025-06-01T00:00:00Z') }),
    period(1, 1, 1, null, { from: Date.parse('2025-06-01T00:00:00Z') }),
  ),
  model(
    'long',
    period(1, 0.1, 2, 2, {
      longInput: { above: 200_000, input: pico(2), cachedInput: pico(0.2), output: pico(3), reasoning: pico(3) },
    }),
  ),
]);

const call = (model: string, fields: Partial<BilledCall> = {}): BilledCall => ({
  model,
  timestamp: DAY,
  inputTokens: null,
  cachedInputTokens: null,
  outputTokens: null,
  reasoningTokens: null,
  ...fields,
});
const nano = (model: string, fields: Partial<BilledCall> = {}) => costOf(call(model, fields), prices).nanoUsd;

describe('costOf', () => {
  it('should bill cached input apart from fresh input (T10)', () => {
    // Not 0.233155, which bills the cached tokens twice.
    expect(nano('plain', { inputTokens: 62_394, cachedInputTokens: 60_024, outputTokens: 214 })).toBe(83_095_000);
  });

  it('should bill thinking tokens that the output does not include (T10)', () => {
    expect(nano('thinking', { inputTokens: 324, outputTokens: 1364, reasoningTokens: 495 })).toBe(22_956_000);
  });

  it('should not bill reasoning twice where the output includes it', () => {
    expect(nano('plain', { inputTokens: 0, outputTokens: 1000, reasoningTokens: 900 })).toBe(10_000_000);
  });

  it('should give null for an unknown model, also without tokens, and never 0', () => {
    for (const tokens of [0, 100]) {
      const fields = { tokens, inputTokens: tokens, outputTokens: 0 };
      expect(costOf(call('nobody', fields), prices)).toEqual({ nanoUsd: null, unpriced: 'unknown_model' });
    }
  });

  it('should give null for a time before the first price', () => {
    const early = call('plain', { timestamp: Date.parse('2024-12-31T23:59:59.999Z'), inputTokens: 1, outputTokens: 1 });
    expect(costOf(early, prices)).toEqual({ nanoUsd: null, unpriced: 'unknown_model' });
  });

  it('should change price at the first instant of a period', () => {
    const at = (time: string) =>
      nano('cheaper', { timestamp: Date.parse(time), inputTokens: 1_000_000, outputTokens: 0 });
    expect([at('2025-05-31T23:59:59.999Z'), at('2025-06-01T00:00:00Z')]).toEqual([10e9, 1e9]);
  });

  it('should price the whole call higher when its input is long, cached tokens included', () => {
    const long = (inputTokens: number) => nano('long', { inputTokens, cachedInputTokens: 150_000, outputTokens: 1000 });
    expect([long(200_000), long(200_001)]).toEqual([67_000_000, 133_002_000]);
  });

  it('should price sums over calls by how long the input of each was', () => {
    const sums = (inputOfOneCall: number) => nano('long', { inputTokens: 1_000_000, outputTokens: 0, inputOfOneCall });
    expect([sums(1000), sums(200_001)]).toEqual([1e9, 2e9]);
  });

  it('should tell the exact cost, below a nano-dollar, and when prices change', () => {
    const one = call('tiny', { inputTokens: 1, outputTokens: 0 });
    expect([exactCostOf(one, prices).picoUsd, prices.changes]).toEqual([
      37_500n,
      [Date.parse('2025-01-01T00:00:00Z'), Date.parse('2025-06-01T00:00:00Z')],
    ]);
  });

  describe('a call that says only how many tokens it took', () => {
    it('should have no cost, since nobody knows which were output', () => {
      expect(costOf(call('plain', { tokens: 320 }), prices)).toEqual({ nanoUsd: null, unpriced: 'no_split' });
      expect(costOf(call('plain', { tokens: 320, cachedInputTokens: 20 }), prices).unpriced).toBe('no_split');
      expect(costOf(call('plain'), prices).unpriced).toBe('no_split');
    });

    it('should be priced when all of them are input, or there are none', () => {
      expect([nano('embedding', { tokens: 1_000_000 }), nano('plain', { tokens: 0 })]).toEqual([20_000_000, 0]);
    });
  });

  it.each([
    ['output', { tokens: 1100, inputTokens: 1000 }, 3_500_000],
    ['input', { tokens: 1100, outputTokens: 100 }, 3_500_000],
    ['nothing below 0', { tokens: 10, inputTokens: 1000 }, 2_500_000],
  ])('should take %s from the total', (_, fields, expected) => {
    expect(nano('plain', fields)).toBe(expected);
  });

  it('should leave reasoning out of what it takes from the total', () => {
    expect(nano('thinking', { tokens: 2183, inputTokens: 324, reasoningTokens: 495 })).toBe(22_956_000);
  });

  it('should bill cached tokens beyond the input as cached ones', () => {
    expect(nano('plain', { inputTokens: 100, cachedInputTokens: 1000, outputTokens: 0 })).toBe(1_250_000);
  });

  it('should round half a nano-dollar up', () => {
    // 0.0375 USD per million: 37.5 nano-dollars a token.
    expect([
      nano('tiny', { inputTokens: 1, outputTokens: 0 }),
      nano('tiny', { inputTokens: 2, outputTokens: 0 }),
    ]).toEqual([38, 75]);
  });
});
