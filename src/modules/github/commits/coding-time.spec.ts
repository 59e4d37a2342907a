import fc from 'fast-check';
import { codingSeconds } from './coding-time.js';

const MINUTE = 60;
const rule = (gap: number, first: number) => ({ gap: gap * MINUTE, first: first * MINUTE });
const at = (text: string) => Date.parse(text) / 1000;

describe('codingSeconds', () => {
  it('T8 should add the gaps of a session and its beginning', () => {
    const times = ['2026-01-05T09:00Z', '2026-01-05T09:20Z', '2026-01-05T09:40Z', '2026-01-09T11:00Z'].map(at);
    expect(codingSeconds(times, rule(30, 30)) / 3600).toBeCloseTo(1.667, 3);
  });

  it.each([
    ['nothing without commits', [], 120, 30, 0],
    ['the beginning for one commit', [0], 120, 30, 30],
    ['both beginnings and the gaps', [0, 30, 60, 660], 120, 120, 300],
    ['a gap just below the limit', [0, 119], 120, 30, 149],
    ['a new session at the limit', [0, 120], 120, 30, 60],
    ['two commits at once', [5, 5], 120, 30, 30],
    ['in any order', [660, 60, 0, 30], 120, 120, 300],
    ['beginnings that count nothing', [0, 30, 600], 120, 0, 30],
  ])('should count %s', (_, minutes, gap, first, expected) => {
    expect(
      codingSeconds(
        minutes.map((minute) => minute * MINUTE),
        rule(gap, first),
      ) / MINUTE,
    ).toBe(expected);
  });

  it('should equal what is counted session by session', () => {
    const times = fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 60 });
    fc.assert(
      fc.property(times, fc.integer({ min: 1, max: 9000 }), fc.integer({ min: 0, max: 9000 }), (list, gap, first) => {
        const sessions: number[][] = [];
        for (const time of [...list].sort((a, b) => a - b)) {
          const session = sessions.at(-1);
          if (session !== undefined && time - session.at(-1)! < gap) session.push(time);
          else sessions.push([time]);
        }
        const expected = sessions.reduce((sum, session) => sum + first + session.at(-1)! - session[0]!, 0);
        expect(codingSeconds(list, { gap, first })).toBe(expected);
      }),
    );
  });
});
