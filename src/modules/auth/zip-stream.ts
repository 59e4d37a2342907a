import { Zip, ZipDeflate } from 'fflate';

export interface ZipFile {
  name: string;
  lines: AsyncIterable<string>;
}

const CHUNK_CHARACTERS = 64 * 1024;

/** A ZIP without its 64-bit extension, which not every program reads, holds files of less than 4 GB. */
const MAX_FILE_BYTES = 2 * 1024 ** 3;

/**
 * A ZIP archive as a stream of pieces: no file is ever held as a whole. One that grows too large goes on in `name-2.ndjson`, with
 * whole lines in each.
 */
export async function* zipStream(files: Iterable<ZipFile>, maxFileBytes = MAX_FILE_BYTES): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, piece) => {
    if (error) failure = error;
    else if (piece.length > 0) ready.push(piece);
  });
  const begin = (name: string): ZipDeflate => {
    const entry = new ZipDeflate(name, { level: 6 });
    zip.add(entry);
    return entry;
  };
  const encoder = new TextEncoder();
  for (const { name, lines } of files) {
    let [entry, bytes, part] = [begin(name), 0, 1];
    for await (const chunk of chunked(lines)) {
      const encoded = encoder.encode(chunk);
      if (bytes > 0 && bytes + encoded.length > maxFileBytes) {
        entry.push(new Uint8Array(0), true);
        [entry, bytes, part] = [begin(partName(name, part + 1)), 0, part + 1];
      }
      bytes += encoded.length;
      entry.push(encoded);
      if (failure) throw failure as Error;
      yield* ready.splice(0);
    }
    entry.push(new Uint8Array(0), true);
  }
  zip.end();
  if (failure) throw failure as Error;
  yield* ready;
}

/** `events.ndjson` → `events-2.ndjson` */
function partName(name: string, part: number): string {
  return name.replace(/(\.[a-z]+)?$/, (extension) => `-${part}${extension}`);
}

async function* chunked(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let chunk = '';
  for await (const line of lines) {
    chunk += line;
    if (chunk.length < CHUNK_CHARACTERS) continue;
    yield chunk;
    chunk = '';
  }
  if (chunk !== '') yield chunk;
}
