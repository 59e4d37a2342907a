import fc from 'fast-check';
import { costOf, exactCostOf, nanoUsdOf } from '../prices/cost.js';
import { PriceList } from '../prices/price-list.js';
import { INPUT_BOUNDS } from '../prices/input-bounds.js';
import { addableTokens, billedSum, type CallSeries, type TokenSums } from './call-series.js';

const rates = (input: bigint, cachedInput: bigint, output: bigint, reasoning: bigint | null) => ({
  input,
  cachedInput,
  output,
  reasoning,
});
const period = { from: -Infinity, until: null };
const PRICES = new PriceList(
  [
    { name: 'within', ...rates(2_500_000n, 1_250_000n, 10_000_000n, null) },
    { name: 'apart', ...rates(2_000_000n, 200_000n, 12_000_000n, 12_000_000n) },
    { name: 'embed', ...rates(37_500n, 37_500n, 0n, null) },
  ].map(({ name, ...prices }) => ({
    name,
    provider: 'x',
    aliases: [],
    periods: [{ ...period, ...prices, longInput: { above: 200_000, ...rates(9n, 8n, 7n, prices.reasoning && 6n) } }],
  })),
);

const count = (max: number) => fc.option(fc.integer({ min: 0, max }), { nil: null });
/** Counts as providers tell them: the parts are not more than all, and the cached part not more than the input. */
const call = fc
  .record({
    model: fc.constantFrom('within', 'apart', 'embed', 'unknown'),
    input: fc.oneof(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: 199_990, max: 200_010 })),
    output: fc.integer({ min: 0, max: 1000 }),
    reasoning: count(100),
    cached: count(100),
    told: fc.constantFrom('both', 'input', 'output', 'none'),
  })
  .map(({ model, input, output, reasoning, cached, told }) => ({
    model,
    tokens: input + output + (reasoning ?? 0),
    inputTokens: told === 'both' || told === 'input' ? input : null,
    cachedInputTokens: told === 'both' && cached !== null ? Math.min(cached, input) : null,
    outputTokens: told === 'both' || told === 'output' ? output : null,
    reasoningTokens: reasoning,
  }));

const seriesOf = (model: string, { split, inputAbove }: Pick<CallSeries, 'split' | 'inputAbove'>): CallSeries => ({
  provider: '',
  model,
  callType: 'completion',
  split,
  inputAbove,
});

describe('sums of calls', () => {
  it('should cost what the calls cost one by one', () => {
    fc.assert(
      fc.property(fc.array(call, { maxLength: 30 }), (calls) => {
        const sums = new Map<string, { series: CallSeries; sums: TokenSums }>();
        for (const one of calls) {
          const tokens = addableTokens(one);
          const series = seriesOf(one.model, tokens);
          const key = JSON.stringify(series);
          const sum = sums.get(key)?.sums ?? {
            tokens: 0,
            inputTokens: 0,
            cachedTokens: 0,
            outputTokens: 0,
            reasoningTokens: 0,
          };
          for (const name of Object.keys(sum) as (keyof TokenSums)[]) sum[name] += tokens[name];
          sums.set(key, { series, sums: sum });
        }
        const exact = (billed: Parameters<typeof exactCostOf>[0]) => exactCostOf(billed, PRICES).picoUsd ?? 0n;
        const together = [...sums.values()].map(({ series, sums: sum }) => exact(billedSum(series, sum, 0)));
        const oneByOne = calls.map((one) => exact({ ...one, timestamp: 0 }));
        const add = (costs: bigint[]) => costs.reduce((sum, cost) => sum + cost, 0n);
        expect(add(together)).toBe(add(oneByOne));
      }),
      { numRuns: 500 },
    );
  });

  it('should cost 0.083095 as in the contract (T10)', () => {
    const one = {
      tokens: 62_608,
      inputTokens: 62_394,
      cachedInputTokens: 60_024,
      outputTokens: 214,
      reasoningTokens: null,
    };
    const tokens = addableTokens(one);
    const cost = exactCostOf(billedSum(seriesOf('within', tokens), tokens, 0), PRICES).picoUsd!;
    expect(nanoUsdOf(cost)).toBe(83_095_000);
    expect(costOf({ ...one, model: 'within', timestamp: 0 }, PRICES).nanoUsd).toBe(83_095_000);
  });

  it('should be apart by the bound that the input is longer than', () => {
    const above = (inputTokens: number) =>
      addableTokens({
        tokens: inputTokens,
        inputTokens,
        cachedInputTokens: null,
        outputTokens: 0,
        reasoningTokens: null,
      }).inputAbove;
    expect([0, 128_000, 128_001, 200_000, 200_001, 1e9].map(above)).toEqual([
      0,
      0,
      128_000,
      128_000,
      200_000,
      INPUT_BOUNDS.at(-1),
    ]);
  });

  it('should hold no less than nothing of what a client left out', () => {
    const odd = { tokens: 10, inputTokens: 100, cachedInputTokens: 200, outputTokens: null, reasoningTokens: 7 };
    expect(addableTokens(odd)).toMatchObject({ inputTokens: 200, outputTokens: 0, split: 3 });
    expect(addableTokens({ ...odd, inputTokens: null, outputTokens: 50 })).toMatchObject({
      inputTokens: 200,
      split: 3,
    });
  });
});
