import { generateWhoopMember } from './whoop-member.js';

const END = Date.parse('2025-11-20T10:00:00Z');

describe('generateWhoopMember', () => {
  const member = generateWhoopMember({ seed: 2025, end: END, days: 365 });

  it('should be the same for the same seed and end', () => {
    expect(generateWhoopMember({ seed: 2025, end: END, days: 365 })).toEqual(member);
    expect(generateWhoopMember({ seed: 2026, end: END, days: 365 })).not.toEqual(member);
  });

  it('should have all that a real member has', () => {
    const { cycles, sleeps, recoveries, workouts } = member;
    expect(cycles).toHaveLength(365);
    expect(cycles.filter(({ end }) => end === null)).toEqual([cycles.at(-1)]);
    expect(new Set(sleeps.map(({ timezone_offset }) => timezone_offset)).size).toBeGreaterThanOrEqual(5);
    expect(sleeps.filter(({ nap }) => nap === true).length).toBeGreaterThan(10);
    // Days without the strap.
    expect(recoveries.length).toBeLessThan(365);
    for (const state of ['SCORED', 'PENDING_SCORE', 'UNSCORABLE']) {
      expect(sleeps.some(({ score_state }) => score_state === state)).toBe(true);
    }
    expect(recoveries.some(({ score }) => (score as any)?.spo2_percentage === null)).toBe(true);
    expect(workouts.some(({ sport_name }) => sport_name === 'sofa-olympics')).toBe(true);
    expect(workouts.some((workout) => !('sport_id' in workout))).toBe(true);
    const spans = workouts.map(({ start, end }) => [Date.parse(String(start)), Date.parse(String(end))] as const);
    expect(spans.some(([start, end], i) => spans.some(([a, b], j) => i !== j && a < start && b > end))).toBe(true);
    const again = [...sleeps, ...recoveries].filter(
      ({ created_at, updated_at }) => Date.parse(String(updated_at)) - Date.parse(String(created_at)) > 86_400_000 - 1,
    );
    expect(again.length).toBeGreaterThan(5);
  });

  it('should go on from cycle to cycle without a gap, and never beyond the end', () => {
    const { cycles, sleeps, recoveries, workouts } = member;
    for (const [i, cycle] of cycles.slice(1).entries()) expect(cycle['start']).toBe(cycles[i]!['end']);
    for (const record of [...cycles, ...sleeps, ...recoveries, ...workouts]) {
      for (const name of ['created_at', 'start', 'end'] as const) {
        if (typeof record[name] === 'string') expect(Date.parse(record[name])).toBeLessThanOrEqual(END);
      }
    }
  });
});
