import { generateUsage } from './usage-demo.js';

const ANCHOR = Date.parse('2025-11-14T16:20:00Z');

describe('demo usage', () => {
  const { activities, calls } = generateUsage(ANCHOR, 'Europe/Berlin');

  it('should be the same at every start', () => {
    expect(generateUsage(ANCHOR, 'Europe/Berlin')).toEqual({ activities, calls });
  });

  it('should be four plausible weeks that end with the anchor', () => {
    const times = [...activities, ...calls].map(({ timestamp }) => Date.parse(timestamp));
    expect(Math.max(...times)).toBeLessThanOrEqual(ANCHOR);
    expect(Math.min(...times)).toBeGreaterThan(ANCHOR - 28 * 86_400_000);
    expect(activities.length).toBeGreaterThan(3000);
    expect(calls.length).toBeGreaterThan(1000);
    expect(new Set(activities.map(({ user_id }) => user_id)).size).toBe(90);
  });

  it('should name each row once', () => {
    for (const rows of [activities, calls]) {
      expect(new Set(rows.map(({ event_id }) => event_id)).size).toBe(rows.length);
    }
  });

  it('should hold a model whose price is not known, failures, and cached input within the input', () => {
    expect(new Set(calls.map(({ model_used }) => model_used)).size).toBe(5);
    expect(calls.some(({ success }) => !success)).toBe(true);
    for (const call of calls) {
      expect(call.cached_input_tokens).toBeLessThanOrEqual(call.input_tokens);
      expect(call.tokens).toBe(call.input_tokens + call.output_tokens);
    }
  });
});
