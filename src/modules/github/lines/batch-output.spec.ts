import fc from 'fast-check';
import { readBatch, splitOutput } from './batch-output.js';

/** The bytes in pieces of the given lengths. */
async function* pieces(bytes: Buffer, lengths: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, i = 0; at < bytes.length; i += 1) {
    const length = lengths.length === 0 ? bytes.length : Math.max(1, lengths[i % lengths.length]!);
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

const lengths = fc.array(fc.integer({ min: 1, max: 9 }), { maxLength: 5 });

describe('readBatch', () => {
  it('should give back objects of any bytes, however the output is cut', async () => {
    const blobs = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(blobs, lengths, async (list, cuts) => {
        const printed = list.flatMap((blob, i) => [
          Buffer.from(`id${i} blob ${blob.length}\n`),
          blob,
          Buffer.from('\n'),
        ]);
        const read: [string, string][] = [];
        for await (const { oid, bytes } of readBatch(pieces(Buffer.concat(printed), cuts)))
          read.push([oid, bytes.toString('hex')]);
        expect(read).toEqual(list.map((blob, i) => [`id${i}`, Buffer.from(blob).toString('hex')]));
      }),
    );
  });

  it('should pass over objects that are missing', async () => {
    const printed = Buffer.from('aa missing\nbb blob 1\nx\n');
    const read: string[] = [];
    for await (const { oid, bytes } of readBatch(pieces(printed, [2]))) read.push(`${oid} ${bytes.toString()}`);
    expect(read).toEqual(['bb x']);
  });
});

describe('splitOutput', () => {
  it('should split at each NUL, however the output is cut', async () => {
    const names = fc.array(fc.stringMatching(/^[a-z\n]{0,8}$/), { maxLength: 8 });
    await fc.assert(
      fc.asyncProperty(names, lengths, async (list, cuts) => {
        const read: string[] = [];
        const printed = Buffer.from(list.map((name) => `${name}\0`).join(''));
        for await (const part of splitOutput(pieces(printed, cuts), 0)) read.push(part.toString());
        expect(read).toEqual(list);
      }),
    );
  });
});
