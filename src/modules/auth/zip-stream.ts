import { Zip, ZipDeflate } from 'fflate';

export interface ZipFile {
  name: string;
  lines: AsyncIterable<string>;
}

const CHUNK_CHARACTERS = 64 * 1024;

/** A ZIP archive as a stream of pieces: no file is ever held as a whole. */
export async function* zipStream(files: Iterable<ZipFile>): AsyncGenerator<Uint8Array> {
  const ready: Uint8Array[] = [];
  let failure: Error | null = null;
  const zip = new Zip((error, piece) => {
    if (error) failure = error;
    else if (piece.length > 0) ready.push(piece);
  });
  const encoder = new TextEncoder();
  for (const { name, lines } of files) {
    const entry = new ZipDeflate(name, { level: 6 });
    zip.add(entry);
    for await (const chunk of chunked(lines)) {
      entry.push(encoder.encode(chunk));
      if (failure) throw failure as Error;
      yield* ready.splice(0);
    }
    entry.push(new Uint8Array(0), true);
  }
  zip.end();
  if (failure) throw failure as Error;
  yield* ready;
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
