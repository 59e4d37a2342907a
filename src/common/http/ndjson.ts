import { Readable } from 'node:stream';

export const NDJSON_TYPE = 'application/x-ndjson';

const CHUNK_LENGTH = 64 * 1024;

/**
 * Rows as lines of JSON, in a stream that reads no faster than its client. The first lines are made before it returns,
 * so that a store that is down is an error instead of half an answer.
 */
export async function ndjsonStream(rows: AsyncIterable<object>): Promise<Readable> {
  const chunks = toChunks(rows);
  const first = await chunks.next();
  return Readable.from(startingWith(first, chunks), { objectMode: false });
}

async function* toChunks(rows: AsyncIterable<object>): AsyncGenerator<string> {
  let chunk = '';
  for await (const row of rows) {
    chunk += `${JSON.stringify(row)}\n`;
    if (chunk.length >= CHUNK_LENGTH) {
      yield chunk;
      chunk = '';
    }
  }
  if (chunk !== '') yield chunk;
}

async function* startingWith<T>(first: IteratorResult<T>, rest: AsyncGenerator<T>): AsyncGenerator<T> {
  if (first.done) return;
  yield first.value;
  yield* rest;
}
