import { propertyText } from './property-text.js';

describe('propertyText', () => {
  it.each([
    ['DE', 'DE'],
    [' ', ' '],
    ['(none)', '(none)'],
    [10, '10'],
    [-0, '0'],
    [2.5, '2.5'],
    [1_736_157_600_000, '1736157600000'],
    [1e21, '1e+21'],
    [true, 'true'],
    [false, 'false'],
    ['', null],
    [null, null],
    [undefined, null],
    [[], '(list)'],
    [['DE'], '(list)'],
    [{}, '(object)'],
    [new Date(0), '(object)'],
  ])('should write %p as %p', (value, expected) => {
    expect(propertyText(value)).toBe(expected);
  });

  it('should tell texts apart by their first 200 characters', () => {
    expect(propertyText('x'.repeat(200))).toHaveLength(200);
    expect(propertyText('x'.repeat(201))).toBe('x'.repeat(200));
    expect(propertyText(`${'x'.repeat(199)}😀y`)).toBe(`${'x'.repeat(199)}😀`);
    expect(propertyText('😀'.repeat(300))).toBe('😀'.repeat(200));
  });
});
