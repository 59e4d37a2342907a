import { isCleanText } from './clean-text.js';

describe('isCleanText', () => {
  it.each([
    ['', true],
    ['Zürich 😀', true],
    ['a\u0000', false],
    ['\ud83d', false],
    ['\ude00\ud83d', false],
  ])('should judge %j', (text, clean) => {
    expect(isCleanText(text)).toBe(clean);
  });
});
