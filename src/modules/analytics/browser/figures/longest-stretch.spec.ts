import { LongestStretch } from './longest-stretch.js';

describe('the longest stretch', () => {
  const longestOf = (...credits: [string, number, number][]): unknown => {
    const visitor = new LongestStretch();
    for (const credit of credits) visitor.credit(...credit);
    return visitor.longest;
  };

  it('should join what follows at once on the same domain, and nothing else', () => {
    expect(longestOf()).toBeNull();
    expect(longestOf(['a', 0, 10], ['a', 10, 25], ['b', 25, 45], ['a', 46, 60])).toEqual({
      domain: 'a',
      from: 0,
      toExclusive: 25,
    });
    expect(longestOf(['a', 0, 10], ['a', 11, 21])).toEqual({ domain: 'a', from: 0, toExclusive: 10 });
    expect(longestOf(['a', 0, 10], ['b', 10, 30], ['b', 30, 31])).toEqual({ domain: 'b', from: 10, toExclusive: 31 });
  });
});
