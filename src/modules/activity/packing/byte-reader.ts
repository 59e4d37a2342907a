/** Reads what `ByteWriter` wrote. @throws RangeError where the bytes end too early. */
export class ByteReader {
  private at = 0;

  constructor(private readonly bytes: Buffer) {}

  byte(): number {
    if (this.at >= this.bytes.length) throw new RangeError('Packed points are cut off');
    return this.bytes[this.at++]!;
  }

  double(): number {
    return this.bytes.readDoubleLE(this.skip(8));
  }

  int64(): bigint {
    return this.bytes.readBigInt64LE(this.skip(8));
  }

  count(): number {
    const { bytes } = this;
    let at = this.at;
    let byte = bytes[at++]!;
    let value = byte & 0x7f;
    let shift = 7;
    while (byte >= 0x80 && shift < 28) {
      byte = bytes[at++]!;
      value |= (byte & 0x7f) << shift;
      shift += 7;
    }
    for (let factor = 2 ** 28; byte >= 0x80; factor *= 128) {
      if (at >= bytes.length) break;
      byte = bytes[at++]!;
      value += (byte & 0x7f) * factor;
    }
    if (at > bytes.length) throw new RangeError('Packed points are cut off');
    this.at = at;
    return value;
  }

  signed(): number {
    const value = this.count();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  text(): string {
    const size = this.count();
    const start = this.skip(size);
    return this.bytes.toString('utf8', start, this.at);
  }

  bits(count: number): Uint8Array {
    const bits = new Uint8Array(count);
    for (let start = 0; start < count; start += 8) {
      const byte = this.byte();
      for (let bit = 0; bit < 8 && start + bit < count; bit++) bits[start + bit] = (byte >> bit) & 1;
    }
    return bits;
  }

  /** Where the next bytes begin, which are now behind. */
  private skip(count: number): number {
    const start = this.at;
    this.at += count;
    if (this.at > this.bytes.length) throw new RangeError('Packed points are cut off');
    return start;
  }
}
