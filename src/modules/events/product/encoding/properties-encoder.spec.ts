import fc from 'fast-check';
// eslint-disable-next-line no-restricted-imports -- compares our BSON with what the driver itself writes
import { mongo } from 'mongoose';
import { ByteSink } from './byte-sink.js';
import { PropertiesEncoder } from './properties-encoder.js';

function encode(properties: Record<string, unknown>): { fault: string | undefined; bytes: Buffer } {
  const sink = new ByteSink();
  sink.text('before');
  const start = sink.length;
  const fault = new PropertiesEncoder(sink).encode(properties);
  return { fault, bytes: sink.bytes.subarray(start, sink.length) };
}

const read = (json: string) => encode(JSON.parse(json) as Record<string, unknown>);
const nested = (levels: number): string => '{"a":'.repeat(levels - 1) + '{}' + '}'.repeat(levels - 1);
const keys = (count: number): string =>
  JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, i) => [`k${i}`, i])));

describe('PropertiesEncoder', () => {
  it.each([
    ['10 levels', nested(10), undefined],
    ['11 levels', nested(11), /deeper than 10/],
    ['11 levels by arrays', `{"a":${'['.repeat(10)}${']'.repeat(10)}}`, /deeper than 10/],
    ['200,000 levels', `{"a":${'['.repeat(200_000)}${']'.repeat(200_000)}}`, /deeper than 10/],
    ['100 keys', keys(100), undefined],
    ['101 keys', keys(101), /100 keys/],
    ['32 KB', JSON.stringify({ a: 'x'.repeat(32 * 1024 - 8) }), undefined],
    ['32 KB and a byte', JSON.stringify({ a: 'x'.repeat(32 * 1024 - 7) }), /32 KB/],
    ['32 KB by escapes', JSON.stringify({ a: '\u0001'.repeat(6000) }), /32 KB/],
    ['32 KB by three-byte characters', JSON.stringify({ a: '€'.repeat(11_000) }), /32 KB/],
    ['32 KB of digits', `{"a":[${'1,'.repeat(16_379)}1]}`, undefined],
    ['32 KB of negative zeros, which JSON does not know', `{"a":[${'-0,'.repeat(16_000)}1]}`, undefined],
    ['2 MB of digits', `{"a":[${'1,'.repeat(1_000_000)}1]}`, /32 KB/],
    ['2 MB of text', JSON.stringify({ a: 'x'.repeat(2_000_000) }), /32 KB/],
    ['2 MB of a key', JSON.stringify({ ['x'.repeat(2_000_000)]: 1 }), /32 KB/],
    ['2 MB in small pieces', JSON.stringify({ a: Array.from({ length: 100 }, () => 'x'.repeat(20_000)) }), /32 KB/],
    ['NUL in a text', '{"a":"x\\u0000"}', /NUL/],
    ['NUL in a key', '{"x\\u0000":1}', /NUL/],
    ['half a pair in a text', '{"a":["\\ud800"]}', /Unicode/],
    ['half a pair in a key', '{"a":{"\\udc00":1}}', /Unicode/],
    ['__proto__', '{"__proto__":{"x":1}}', /reserved/],
    ['__proto__ deep inside', '{"a":[{"__proto__":1}]}', /reserved/],
    ['constructor.prototype', '{"constructor":{"prototype":{"x":1}}}', /reserved/],
    ['a constructor that is a text', '{"constructor":"Ferrari"}', undefined],
    ['a driver type', '{"a":{"_bsontype":"ObjectId"}}', /reserved/],
    ['$, dots and empty keys', '{"$set":{"a.b":1},"":2,".":3,"$":4}', undefined],
    ['names of Object', '{"toString":1,"valueOf":2,"toBSON":3,"toJSON":4,"hasOwnProperty":5}', undefined],
    ['a number beyond doubles', '{"a":1e999,"b":-0,"c":123456789012345678901234567890}', undefined],
    ['all kinds', '{"a":null,"b":true,"c":false,"d":1.5,"e":"😀","f":[]}', undefined],
  ])('should judge %s', (_, json, fault) => {
    if (fault === undefined) expect(read(json).fault).toBeUndefined();
    else expect(read(json).fault).toMatch(fault);
  });

  it('should write what the driver would write', () => {
    const value = fc.oneof(
      fc.jsonValue({ maxDepth: 6 }),
      fc.constantFrom(0, -0, 1, -1, 2 ** 31 - 1, 2 ** 31, -(2 ** 31), -(2 ** 31) - 1, 2 ** 53, 0.1, 1e300, Infinity),
      fc.array(fc.integer(), { minLength: 90, maxLength: 120 }),
      fc.string({ unit: 'grapheme', maxLength: 40 }),
    );
    fc.assert(
      fc.property(fc.dictionary(fc.string(), value, { maxKeys: 8 }), (properties) => {
        const { fault, bytes } = encode(properties);
        fc.pre(fault === undefined);
        expect(Buffer.compare(bytes, mongo.BSON.serialize(properties))).toBe(0);
      }),
      { numRuns: 1000 },
    );
  });

  it('should write what is much larger than its first room', () => {
    const properties = { a: Array.from({ length: 16_000 }, (_, i) => i % 10), b: { c: 'ü' } };
    expect(encode(properties).fault).toBeUndefined();
    expect(Buffer.compare(encode(properties).bytes, mongo.BSON.serialize(properties))).toBe(0);
  });
});
