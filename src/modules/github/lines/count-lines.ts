/** As git does it: a file with a NUL byte near its beginning is binary. */
const BINARY_PROBE_BYTES = 8000;
const LFS_POINTER = Buffer.from('version https://git-lfs.github.com/spec/');

const NUL = 0;
const TAB = 9;
const NEWLINE = 10;
const RETURN = 13;
const SPACE = 32;

/**
 * Lines that hold something beside white space, of a file's bytes; none for binary files and for pointers to files that
 * are kept elsewhere (Git LFS).
 */
export function countSourceLines(bytes: Buffer): number {
  if (bytes.subarray(0, BINARY_PROBE_BYTES).includes(NUL)) return 0;
  if (bytes.subarray(0, LFS_POINTER.length).equals(LFS_POINTER)) return 0;
  let lines = 0;
  let isBlank = true;
  for (const byte of bytes) {
    if (byte === NEWLINE) {
      if (!isBlank) lines += 1;
      isBlank = true;
    } else if (byte !== SPACE && (byte < TAB || byte > RETURN)) isBlank = false;
  }
  return isBlank ? lines : lines + 1;
}
