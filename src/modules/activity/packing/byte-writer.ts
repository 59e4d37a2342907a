const FIRST_BYTES = 4096;
/** Its length is one byte. */
const SHORT_TEXT = 127;

const doubleValue = new Float64Array(1);
const doubleBytes = new Uint8Array(doubleValue.buffer);

/** Bytes that grow at the end. Whole numbers take as few bytes as they need, seven bits in each. */
export class ByteWriter {
  private bytes = Buffer.allocUnsafe(FIRST_BYTES);
  private length = 0;

  /** A copy of what was written; the writer begins anew. */
  take(): Buffer {
    const taken = Buffer.from(this.bytes.subarray(0, this.length));
    this.length = 0;
    return taken;
  }

  byte(value: number): void {
    this.reserve(1);
    this.bytes[this.length++] = value;
  }

  double(value: number): void {
    this.reserve(8);
    doubleValue[0] = value;
    for (let i = 0; i < 8; i++) this.bytes[this.length++] = doubleBytes[i]!;
  }

  int64(value: bigint): void {
    this.reserve(8);
    this.bytes.writeBigInt64LE(BigInt.asIntN(64, value), this.length);
    this.length += 8;
  }

  /** A whole number from 0 to 2^53 - 1. */
  count(value: number): void {
    this.reserve(8);
    let rest = value;
    while (rest >= 0x80_00_00_00) {
      this.bytes[this.length++] = (rest % 128) | 0x80;
      rest = Math.floor(rest / 128);
    }
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.bytes[this.length++] = rest;
  }

  /** A whole number within 2^52 of zero: small ones of either sign are short. */
  signed(value: number): void {
    this.count(value < 0 ? -2 * value - 1 : 2 * value);
  }

  text(text: string): void {
    this.reserve(3 * text.length + 5);
    if (text.length <= SHORT_TEXT && this.writeShortAscii(text)) return;
    const size = Buffer.byteLength(text);
    this.count(size);
    this.reserve(size);
    this.length += this.bytes.write(text, this.length, 'utf8');
  }

  /** Most texts: calls into the runtime take longer than writing them here. */
  private writeShortAscii(text: string): boolean {
    const { bytes } = this;
    let at = this.length + 1;
    for (let i = 0; i < text.length; i++) {
      const code = text.charCodeAt(i);
      if (code >= 0x80) return false;
      bytes[at++] = code;
    }
    bytes[this.length] = text.length;
    this.length = at;
    return true;
  }

  /** One bit each, eight in a byte. */
  bits(count: number, isSet: (index: number) => boolean): void {
    for (let start = 0; start < count; start += 8) {
      let byte = 0;
      for (let bit = 0; bit < 8 && start + bit < count; bit++) if (isSet(start + bit)) byte |= 1 << bit;
      this.byte(byte);
    }
  }

  private reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return;
    const larger = Buffer.allocUnsafe(Math.max(2 * this.bytes.length, this.length + count));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
