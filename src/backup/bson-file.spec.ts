import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { readBsonFile, writeBsonFile } from './bson-file.js';

const LIMITS = { maxDocuments: 7, maxBytes: 100_000 };

/** Any bytes behind a length are a document as far as the file goes. */
function document(size: number, fill: number): Buffer {
  const bytes = Buffer.alloc(size, fill);
  bytes.writeInt32LE(size, 0);
  return bytes;
}

async function* each<T>(items: readonly T[]): AsyncGenerator<T> {
  yield* items;
}

describe('files of BSON documents', () => {
  let folder: string;
  const path = () => join(folder, 'events.bson.gz');
  const readAll = async () => {
    const groups: Uint8Array[][] = [];
    for await (const group of readBsonFile(path(), LIMITS)) groups.push(group);
    return groups;
  };

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'almanac-bson-'));
  });

  afterAll(() => rmSync(folder, { recursive: true }));

  it('should give back what was written, however it was cut, in groups that are not too large', async () => {
    const sizes = fc.array(fc.oneof(fc.integer({ min: 5, max: 300 }), fc.integer({ min: 5, max: 100_000 })), {
      maxLength: 20,
    });
    await fc.assert(
      fc.asyncProperty(sizes, fc.integer({ min: 1, max: 5 }), async (lengths, perChunk) => {
        const documents = lengths.map((length, i) => document(length, i));
        const chunks = documents
          .map((_, i) => documents.slice(i * perChunk, (i + 1) * perChunk))
          .filter((chunk) => chunk.length > 0);
        await writeBsonFile(path(), each(chunks.map((chunk) => Buffer.concat(chunk))));
        const groups = await readAll();
        expect(Buffer.concat(groups.flat()).equals(Buffer.concat(documents))).toBe(true);
        expect(groups.flat().map(({ length }) => length)).toEqual(lengths);
        for (const group of groups) expect(group.length).toBeLessThanOrEqual(LIMITS.maxDocuments);
      }),
      { numRuns: 25 },
    );
  });

  it.each([
    ['a file that ends within a document', document(50, 1).subarray(0, 49), /ends within/],
    ['a file that ends within a length', Buffer.from([9, 0]), /ends within/],
    ['what is no BSON', Buffer.from('hello, world'), /ends within|not a file/],
    ['a length that cannot be', Buffer.from([0, 0, 0, 0, 0]), /not a file/],
  ])('should refuse %s', async (_, bytes, message) => {
    writeFileSync(path(), gzipSync(bytes));
    await expect(readAll()).rejects.toThrow(message);
  });
});
