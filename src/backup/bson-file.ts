import { createReadStream, createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip, createGzip } from 'node:zlib';
import { BackupError } from './backup.error.js';

/** A document of BSON begins with its length, 32 bits little-endian, and has at least a terminating zero. */
const LENGTH_BYTES = 4;
const SHORTEST = 5;
const FASTEST = 1;

/** Writes documents behind each other, compressed, as `mongodump --gzip` does. On disk when it resolves. */
export async function writeBsonFile(path: string, documents: AsyncIterable<Uint8Array>): Promise<void> {
  const file = createWriteStream(path, { mode: 0o600, flush: true });
  await pipeline(Readable.from(documents, { objectMode: true }), createGzip({ level: FASTEST }), file);
}

/**
 * The documents of such a file, in groups of at most `maxDocuments` and about `maxBytes`.
 * @throws BackupError when the file ends within a document
 */
export async function* readBsonFile(
  path: string,
  { maxDocuments, maxBytes }: { maxDocuments: number; maxBytes: number },
): AsyncGenerator<Uint8Array[]> {
  let group: Uint8Array[] = [];
  let bytes = 0;
  for await (const document of splitDocuments(path)) {
    group.push(document);
    bytes += document.length;
    if (group.length < maxDocuments && bytes < maxBytes) continue;
    yield group;
    group = [];
    bytes = 0;
  }
  if (group.length > 0) yield group;
}

async function* splitDocuments(path: string): AsyncGenerator<Uint8Array> {
  const source = createReadStream(path);
  const unpacked = createGunzip();
  // A failure of the file reaches the reader of what is unpacked.
  source.on('error', (error) => unpacked.destroy(error));
  let rest: Buffer = Buffer.alloc(0);
  let pieces: Buffer[] = [];
  let held = 0;
  for await (const chunk of source.pipe(unpacked) as AsyncIterable<Buffer>) {
    pieces.push(chunk);
    held += chunk.length;
    // A large document comes in many pieces; they are joined once all of it is there.
    if (rest.length >= LENGTH_BYTES && rest.length + held < rest.readInt32LE(0)) continue;
    rest = Buffer.concat([rest, ...pieces]);
    pieces = [];
    held = 0;
    let at = 0;
    for (let end = endOfDocument(rest, at, path); end <= rest.length; end = endOfDocument(rest, at, path)) {
      yield rest.subarray(at, end);
      at = end;
    }
    rest = rest.subarray(at);
  }
  if (rest.length + held > 0) throw new BackupError(`${path} ends within a document`);
}

/** Infinity: not even its length is there. */
function endOfDocument(bytes: Buffer, at: number, path: string): number {
  if (bytes.length - at < LENGTH_BYTES) return Infinity;
  const length = bytes.readInt32LE(at);
  if (length < SHORTEST) throw new BackupError(`${path} is not a file of BSON documents`);
  return at + length;
}
