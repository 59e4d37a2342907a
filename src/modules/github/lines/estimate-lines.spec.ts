import { estimateLines } from './estimate-lines.js';

describe('estimateLines', () => {
  it.each([
    ['no language', [], 0],
    ['Python by 45 bytes', [{ name: 'Python', bytes: 4500 }], 100],
    ['others by 36 bytes', [{ name: 'Go', bytes: 3600 }], 100],
    [
      'the sum, rounded once',
      [
        { name: 'Go', bytes: 18 },
        { name: 'C', bytes: 18 },
      ],
      1,
    ],
  ])('should estimate %s', (_, languages, expected) => expect(estimateLines(languages)).toBe(expected));
});
