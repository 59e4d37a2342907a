import fc from 'fast-check';
import { ByteSink } from './byte-sink.js';

const written = ({ bytes, length }: ByteSink): Buffer => bytes.subarray(0, length);

describe('ByteSink', () => {
  it('should write clean text as UTF-8 and refuse any other', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 5 }), (texts) => {
        const sink = new ByteSink();
        let expected = '';
        for (const text of texts) {
          const start = sink.length;
          const isClean = text.isWellFormed() && !text.includes('\0');
          expect(sink.text(text)).toBe(isClean);
          if (isClean) expected += text;
          else sink.length = start;
        }
        expect(written(sink).toString()).toBe(expected);
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['\0', 'a\0b', '\ud83d', '\ude00', 'a\ud83d', '\ude00\ud83d', '\ud83d\ud83d'])('should refuse %j', (text) => {
    expect(new ByteSink().text(text)).toBe(false);
  });

  it('should grow and keep what it holds', () => {
    const sink = new ByteSink();
    const text = 'ü'.repeat(50_000);
    for (let i = 0; i < 4; i++) sink.text(text);
    expect(written(sink).toString()).toBe(text.repeat(4));
  });

  it('should write numbers as Buffer does', () => {
    const int32 = fc.integer();
    const int64 = fc.integer({ min: -8.64e15, max: 8.64e15 });
    fc.assert(
      fc.property(int32, int64, fc.double(), fc.nat(), (small, large, double, digits) => {
        const sink = new ByteSink();
        sink.int32(small);
        sink.int64(large);
        sink.double(double);
        sink.digits(digits);
        const expected = Buffer.alloc(20);
        expected.writeInt32LE(small, 0);
        expected.writeBigInt64LE(BigInt(large), 4);
        expected.writeDoubleLE(double, 12);
        expect(written(sink)).toEqual(Buffer.concat([expected, Buffer.from(String(digits))]));
      }),
      { examples: [[-1, -1, -0, 0] as [number, number, number, number], [0, -8.64e15, NaN, 2 ** 31 - 1]] },
    );
  });
});
