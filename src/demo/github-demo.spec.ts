import { generateRepositories } from './github-demo.js';

const ANCHOR = Date.parse('2026-01-20T12:34:56Z');

describe('generateRepositories', () => {
  it('should make the same of the same anchor', () => {
    expect(generateRepositories(ANCHOR)).toEqual(generateRepositories(ANCHOR));
  });

  it('should end by the anchor and never delete more than there is', () => {
    for (const { commits, loc, sizeKb } of generateRepositories(ANCHOR)) {
      expect(commits.length).toBeGreaterThan(0);
      expect(commits.every(({ at }) => at <= ANCHOR && at > ANCHOR - 366 * 86_400_000)).toBe(true);
      expect(loc).toBeGreaterThan(0);
      expect(sizeKb).toBeGreaterThan(0);
    }
  });
});
