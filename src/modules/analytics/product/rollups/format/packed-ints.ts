export type IntWidth = 1 | 2 | 3 | 4;

/** Bytes that hold every whole number from 0 to `max`. */
export function widthFor(max: number): IntWidth {
  if (max < 0x100) return 1;
  if (max < 0x10000) return 2;
  return max < 0x1000000 ? 3 : 4;
}

/** Writes whole numbers of 0 to 2^32 - 1 at `offset`, little endian. Returns the offset behind the last. */
export function packInts(
  target: Uint8Array,
  offset: number,
  width: IntWidth,
  values: Uint32Array | Uint16Array,
): number {
  let at = offset;
  for (const value of values) {
    target[at++] = value;
    if (width > 1) target[at++] = value >>> 8;
    if (width > 2) target[at++] = value >>> 16;
    if (width > 3) target[at++] = value >>> 24;
  }
  return at;
}

/** Reads as many numbers as `target` holds. Returns the offset behind the last. @throws RangeError when there are fewer. */
export function unpackInts(
  target: Uint32Array | Uint16Array,
  data: Uint8Array,
  offset: number,
  width: IntWidth,
): number {
  const end = offset + target.length * width;
  if (end > data.length) throw new RangeError('Packed numbers are cut off');
  // A loop for each width: several times faster than one that asks for it at every number.
  let at = offset;
  if (width === 1) for (let i = 0; i < target.length; i++) target[i] = data[at++]!;
  else if (width === 2) for (let i = 0; i < target.length; i++, at += 2) target[i] = data[at]! | (data[at + 1]! << 8);
  else if (width === 3)
    for (let i = 0; i < target.length; i++, at += 3) {
      target[i] = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16);
    }
  else
    for (let i = 0; i < target.length; i++, at += 4) {
      target[i] = data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24);
    }
  return end;
}
