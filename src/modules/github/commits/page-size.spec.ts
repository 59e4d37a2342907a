import { PageSize } from './page-size.js';

/** Asks until so many commits are read, of a GitHub that can do pages up to `possible`. */
function read(commits: number, possible: number, size = new PageSize(50)) {
  let [asked, failed] = [0, 0];
  for (let done = 0; done < commits;) {
    asked += 1;
    if (size.current > possible) {
      failed += 1;
      expect(size.shrink()).toBe(true);
    } else {
      done += size.current;
      size.succeeded();
    }
  }
  return { asked, failed };
}

describe('PageSize', () => {
  it('should ask for fifty where that is possible', () => {
    expect(read(5000, 50)).toEqual({ asked: 100, failed: 0 });
  });

  it.each([1, 2, 3, 7, 10, 12, 24, 25, 30, 49])('should come close to %i where that is possible', (possible) => {
    const { asked, failed } = read(10_000, possible);
    expect(failed).toBeLessThan(10 + asked / 10);
    expect(asked - failed).toBeLessThan(2.1 * Math.ceil(10_000 / possible));
  });

  it('should go back to fifty after commits that were too much', () => {
    const size = new PageSize(50);
    while (size.shrink());
    expect(size.current).toBe(1);
    for (let i = 0; i < 300; i += 1) size.succeeded();
    expect(size.current).toBe(50);
  });

  it('should take what is stored within its bounds', () => {
    expect([0, -5, 17, 5000].map((size) => new PageSize(size).current)).toEqual([1, 1, 17, 50]);
  });
});
