const FIRST_BYTES = 256 * 1024;
/** With less room than this left, a fresh piece of memory is begun. */
const ENOUGH_BYTES = 64 * 1024;

const doubleValue = new Float64Array(1);
const doubleBytes = new Uint8Array(doubleValue.buffer);

/**
 * Bytes that grow at the end. Texts of events are short: a loop over their characters is several times faster than a
 * call into Buffer for each, and finds on its way what must not be stored.
 */
export class ByteSink {
  bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
  length = 0;

  /** Makes room; to be called before writing anything but texts. */
  reserve(count: number): void {
    if (this.length + count > this.bytes.length) this.grow(count);
  }

  /**
   * Writes UTF-8.
   * @returns false, with some of it written, for text that not every store and JSON reader keeps as it is: with a NUL
   *   character or half of a surrogate pair.
   */
  text(text: string): boolean {
    const { length } = text;
    this.reserve(3 * length);
    const { bytes } = this;
    let at = this.length;
    for (let i = 0; i < length; i++) {
      const unit = text.charCodeAt(i);
      if (unit < 0x80) {
        if (unit === 0) return false;
        bytes[at++] = unit;
      } else if (unit < 0x800) {
        bytes[at++] = 0xc0 | (unit >> 6);
        bytes[at++] = 0x80 | (unit & 0x3f);
      } else if (unit < 0xd800 || unit > 0xdfff) {
        bytes[at++] = 0xe0 | (unit >> 12);
        bytes[at++] = 0x80 | ((unit >> 6) & 0x3f);
        bytes[at++] = 0x80 | (unit & 0x3f);
      } else {
        const low = text.charCodeAt(++i);
        // Also of NaN, at the end of the text.
        if (unit > 0xdbff || !(low >= 0xdc00 && low <= 0xdfff)) return false;
        const point = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
        bytes[at++] = 0xf0 | (point >> 18);
        bytes[at++] = 0x80 | ((point >> 12) & 0x3f);
        bytes[at++] = 0x80 | ((point >> 6) & 0x3f);
        bytes[at++] = 0x80 | (point & 0x3f);
      }
    }
    this.length = at;
    return true;
  }

  /** Copies what another sink, or this one, holds from `start` to `end`. Room must have been made. */
  copy(source: Uint8Array, start: number, end: number): void {
    const { bytes } = this;
    let at = this.length;
    for (let i = start; i < end; i++) bytes[at++] = source[i]!;
    this.length = at;
  }

  byte(value: number): void {
    this.bytes[this.length++] = value;
  }

  /** 32 bits, little endian. */
  int32(value: number): void {
    this.putInt32(this.length, value);
    this.length += 4;
  }

  /** Overwrites 4 bytes. */
  putInt32(at: number, value: number): void {
    const { bytes } = this;
    bytes[at] = value;
    bytes[at + 1] = value >> 8;
    bytes[at + 2] = value >> 16;
    bytes[at + 3] = value >> 24;
  }

  /** 64 bits, little endian, of a whole number up to 2^53. */
  int64(value: number): void {
    const high = Math.floor(value / 2 ** 32);
    this.int32(value - high * 2 ** 32);
    this.int32(high);
  }

  double(value: number): void {
    doubleValue[0] = value;
    this.copy(doubleBytes, 0, 8);
  }

  /** The digits of a whole number from 0 to 2^31 - 1. */
  digits(value: number): void {
    if (value < 10) return this.byte(48 + value);
    let size = 2;
    for (let limit = 100; value >= limit; limit *= 10) size++;
    const { bytes } = this;
    let rest = value;
    for (let at = this.length + size - 1; at >= this.length; at--) {
      const next = (rest / 10) | 0;
      bytes[at] = 48 + rest - 10 * next;
      rest = next;
    }
    this.length += size;
  }

  /** Leaves what is written to those who hold views of it, and begins anew when there is little room left. */
  begin(): void {
    if (this.bytes.length === FIRST_BYTES && this.length + ENOUGH_BYTES <= FIRST_BYTES) return;
    this.bytes = Buffer.allocUnsafeSlow(FIRST_BYTES);
    this.length = 0;
  }

  private grow(count: number): void {
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.bytes.length, this.length + count));
    this.bytes.copy(larger, 0, 0, this.length);
    this.bytes = larger;
  }
}
