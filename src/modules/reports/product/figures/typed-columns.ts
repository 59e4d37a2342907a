type Column = Float64Array | Uint32Array | Int32Array | Uint8Array;

/** `larger` with the values of `column` at its beginning. */
export function extended<T extends Column>(column: T, larger: T): T {
  larger.set(column);
  return larger;
}
