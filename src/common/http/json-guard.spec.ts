import fc from 'fast-check';
import { defuseBulkText, findJsonHazard } from './json-guard.js';

const limits = { maxDepth: 4, maxMembers: 10, maxKeys: 10 };

describe('findJsonHazard', () => {
  it.each([
    ['{}', null],
    ['[[[[]]]]', null],
    ['[[[[[]]]]]', /4 levels/],
    ['[1,2,3,4,5,6,7,8,9,10]', null],
    ['[1,2,3,4,5,6,7,8,9,10,11]', /10 members/],
    ['{"a":"[[[[[[[[["}', null],
    ['"\\"[[[[[["', null],
    ['"\\u0000"', /NUL/],
    ['"\\\\u0000"', null],
    ['"\\ud83d\\ude00"', null],
    ['"\\ud83d"', /surrogate/],
    ['"\\ud83dx\\ude00"', /surrogate/],
    ['"\\ude00"', /surrogate/],
    ['{"\\uD800":1}', /surrogate/],
    ['"\\u12"', null],
    ['"unterminated', null],
  ])('should judge %s', (text, expected) => {
    const hazard = findJsonHazard(text, limits);
    if (expected === null) expect(hazard).toBeNull();
    else expect(hazard).toMatch(expected);
  });

  it.each([
    ['{"a":1,"b":2,"c":3}', null],
    ['{"a":1,"b":2,"c":3,"d":4}', /3 members/],
    ['[{"a":1,"b":2},{"c":3,"d":4}]', null],
    ['{"a":{"b":1,"c":2},"d":3,"e":4}', null],
    ['{"a":[1,2,3,4,5],"b":2,"c":3}', null],
    ['[[1,2,3,4,5]]', null],
    ['[{"a":[1,2],"b":{"c":1,"d":2,"e":3,"f":4}}]', /3 members/],
    [']]]],,,,', null],
  ])('should count the members of each object of %s', (text, expected) => {
    const hazard = findJsonHazard(text, { ...limits, maxKeys: 3 });
    if (expected === null) expect(hazard).toBeNull();
    else expect(hazard).toMatch(expected);
  });

  it('should agree with the parsed value on depth and size', () => {
    const measure = (value: unknown): { depth: number; members: number } => {
      if (typeof value !== 'object' || value === null) return { depth: 0, members: 0 };
      const children = Object.values(value).map(measure);
      return {
        depth: 1 + Math.max(0, ...children.map((child) => child.depth)),
        members: 1 + Math.max(0, children.length - 1) + children.reduce((sum, child) => sum + child.members, 0),
      };
    };
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 7, stringUnit: 'grapheme-ascii' }), (value) => {
        const { depth, members } = measure(value);
        expect(findJsonHazard(JSON.stringify(value), limits) === null).toBe(depth <= 4 && members <= 10);
      }),
      { numRuns: 500 },
    );
  });

  it('should read a megabyte in well under a tenth of a second', () => {
    const text = JSON.stringify({ text: '\\'.repeat(300_000), more: 'x'.repeat(400_000) });
    const start = performance.now();
    expect(findJsonHazard(text, limits)).toBeNull();
    expect(performance.now() - start).toBeLessThan(100);
  });
});

describe('defuseBulkText', () => {
  const nested = (levels: number) => '{"a":'.repeat(levels) + '1' + '}'.repeat(levels);

  it('should leave every JSON value with harmless items as it is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 12 }), (value) => {
        const text = JSON.stringify(value);
        expect(defuseBulkText(text)).toEqual({ text, hazard: null });
      }),
    );
  });

  it('should replace only the items that are too deep or too large', () => {
    const text = `{"projectKey":"k","events":[{"n":1},${nested(100)},{"s":"}]{[\\"\\\\"},[${'0,'.repeat(20_001)}0],${nested(60)}]}`;
    const safe = defuseBulkText(text);
    expect(safe.hazard).toBeNull();
    const { events } = JSON.parse(safe.text) as { events: unknown[] };
    expect(events).toHaveLength(5);
    expect([events[0], events[1], events[2], events[3]]).toEqual([{ n: 1 }, 0, { s: '}]{["\\' }, 0]);
    expect(events[4]).toEqual(JSON.parse(nested(60)));
  });

  it.each([
    ['an unknown field', `{"x":${'['.repeat(2_400_000)}${']'.repeat(2_400_000)},"events":[]}`],
    ['an item', `{"events":[${nested(600_000)}]}`],
    ['no end', '['.repeat(4_800_000)],
    ['many keys', `{"events":[],${Array.from({ length: 400_000 }, (_, i) => `"k${i}":0`).join()}}`],
  ])('should leave nothing of 5 MB of %s to be parsed', (_, text) => {
    const safe = defuseBulkText(Buffer.from(text).toString());
    expect(safe.hazard !== null || safe.text.length < 100).toBe(true);
  });
});
