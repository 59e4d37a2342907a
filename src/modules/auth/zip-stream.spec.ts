import { strFromU8, unzipSync } from 'fflate';
import { zipStream } from './zip-stream.js';

async function unzipped(lines: string[], maxFileBytes?: number): Promise<Record<string, string>> {
  const pieces: Uint8Array[] = [];
  const files = [
    { name: 'some.ndjson', lines: each(lines) },
    { name: 'none.ndjson', lines: each([]) },
  ];
  for await (const piece of zipStream(files, maxFileBytes)) pieces.push(piece);
  return Object.fromEntries(
    Object.entries(unzipSync(Buffer.concat(pieces))).map(([name, content]) => [name, strFromU8(content)]),
  );
}

async function* each(lines: string[]): AsyncGenerator<string> {
  yield* lines;
}

describe('zipStream', () => {
  const lines = Array.from({ length: 6000 }, (_, i) => `${i} ${'ü'.repeat(20)}\n`);

  it('should make an archive of every line', async () => {
    expect(await unzipped(lines)).toEqual({ 'some.ndjson': lines.join(''), 'none.ndjson': '' });
  });

  it('should go on in another file, at a whole line, where one would grow too large', async () => {
    const { 'none.ndjson': none, ...parts } = await unzipped(lines, 150_000);
    expect(none).toBe('');
    const names = Object.keys(parts);
    expect(names).toEqual(['some.ndjson', ...names.slice(1).map((_, i) => `some-${i + 2}.ndjson`)]);
    expect(names.length).toBeGreaterThan(1);
    for (const part of Object.values(parts)) {
      expect(Buffer.byteLength(part)).toBeLessThanOrEqual(150_000);
      expect(part.endsWith('\n')).toBe(true);
    }
    expect(Object.values(parts).join('')).toBe(lines.join(''));
  });

  it('should fail when a source fails', async () => {
    const failing = (async function* (): AsyncGenerator<string> {
      yield 'a\n';
      throw new Error('the store is down');
    })();
    const archive = zipStream([{ name: 'a.ndjson', lines: failing }]);
    const read = async (): Promise<void> => {
      for await (const _piece of archive);
    };
    await expect(read()).rejects.toThrow('the store is down');
  });
});
