import { parseJson } from './body-parser.js';

describe('parseJson', () => {
  it('should take an empty body for none', () => {
    expect(parseJson(Buffer.alloc(0), false)).toBeUndefined();
  });

  it.each([
    ['{"__proto__":{"admin":true}}'],
    ['{"a":{"constructor":{"prototype":{"x":1}}}}'],
    ['{"a":'],
    ['{"a":1}}'],
    ['\u0000'],
    ['['.repeat(5000) + ']'.repeat(5000)],
    [`[${'{"a":1},'.repeat(20_000)}{}]`],
  ])('should refuse %.40s with a sentence', (text) => {
    expect(() => parseJson(Buffer.from(text), false)).toThrow(/^The body /);
  });

  it('should refuse broken UTF-8 unless the items of a bulk body are judged one by one', () => {
    const broken = Buffer.from([0x7b, 0x22, 0x61, 0x22, 0x3a, 0x22, 0xff, 0x22, 0x7d]);
    expect(() => parseJson(broken, false)).toThrow('UTF-8');
    expect(parseJson(broken, true)).toEqual({ a: '\ufffd' });
  });

  it('should leave depth, NUL and prototype keys of bulk bodies to the handler', () => {
    const value = parseJson(Buffer.from('{"a":"\\u0000","__proto__":{"x":1}}'), true) as Record<string, unknown>;
    expect(Object.hasOwn(value, '__proto__')).toBe(true);
    expect(({} as { x?: number }).x).toBeUndefined();
  });
});
