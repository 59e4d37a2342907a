/** The bytes of numbers of 32 bits, little endian, as are the arrays in memory on every processor that Node runs on. */
export function fromWords(words: Uint32Array | Int32Array): Uint8Array {
  return new Uint8Array(words.buffer, words.byteOffset, words.byteLength);
}

/** A copy in memory that can be read by words: stored bytes come from the middle of a database's answer. */
export function toWords(bytes: Uint8Array): ArrayBuffer {
  return Uint8Array.prototype.slice.call(bytes, 0, bytes.length & ~3).buffer;
}
