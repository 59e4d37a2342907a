import { clampLimit, nameList } from './report-requests.js';

describe('clampLimit', () => {
  it.each([
    [undefined, 10],
    ['', 10],
    ['0', 1],
    ['000', 1],
    ['1', 1],
    ['50', 50],
    ['51', 50],
    ['9'.repeat(400), 50],
  ])('should read %p', (text, expected) => {
    expect(clampLimit(text, 10, 50)).toBe(expected);
  });
});

describe('nameList', () => {
  it.each([
    [undefined, []],
    ['', []],
    ['a,b', ['a', 'b']],
    ['a, b,,a', ['a', 'b']],
    [
      ['a,b', 'c'],
      ['a', 'b', 'c'],
    ],
  ])('should read %p', (names, expected) => {
    expect(nameList(names)).toEqual(expected);
  });
});
