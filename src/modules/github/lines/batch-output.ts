const NEWLINE = 10;

export interface Blob {
  oid: string;
  bytes: Buffer;
}

/**
 * Takes apart what `git cat-file --batch` prints: `<object id> <type> <size>`, a line end, the bytes, a line end. One object
 * is in memory at a time.
 */
export async function* readBatch(output: AsyncIterable<Buffer>): AsyncGenerator<Blob> {
  let pending: Buffer = Buffer.alloc(0);
  let parts: Buffer[] = [];
  let oid = '';
  /** Bytes of the object and its line end that are still to come; -1 within a header. */
  let missing = -1;
  for await (const chunk of output) {
    let rest = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    while (rest.length > 0) {
      if (missing < 0) {
        const end = rest.indexOf(NEWLINE);
        if (end < 0) break;
        const [id = '', , size = ''] = rest.subarray(0, end).toString('latin1').split(' ');
        rest = rest.subarray(end + 1);
        if (!/^\d+$/.test(size)) continue;
        oid = id;
        missing = Number(size) + 1;
      }
      const part = rest.subarray(0, missing);
      parts.push(part);
      missing -= part.length;
      rest = rest.subarray(part.length);
      if (missing > 0) continue;
      const bytes = parts.length === 1 ? parts[0]! : Buffer.concat(parts);
      yield { oid, bytes: bytes.subarray(0, bytes.length - 1) };
      parts = [];
      missing = -1;
    }
    pending = rest;
  }
}

/** Splits output at a byte, without what follows the last one. */
export async function* splitOutput(output: AsyncIterable<Buffer>, separator: number): AsyncGenerator<Buffer> {
  let pending: Buffer = Buffer.alloc(0);
  for await (const chunk of output) {
    let rest = pending.length === 0 ? chunk : Buffer.concat([pending, chunk]);
    for (let end = rest.indexOf(separator); end >= 0; end = rest.indexOf(separator)) {
      yield rest.subarray(0, end);
      rest = rest.subarray(end + 1);
    }
    pending = rest;
  }
}
