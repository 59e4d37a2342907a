import { countSourceLines } from './count-lines.js';

describe('countSourceLines', () => {
  it.each([
    ['an empty file', '', 0],
    ['a line without its end', 'a', 1],
    ['lines with their ends', 'a\nb\n', 2],
    ['no blank lines', '\n \n\t\n  \t \r\n\v\f\na\n\n\n  b', 2],
    ['Windows line ends', 'a\r\n\r\nb\r\n', 2],
    ['letters of any script', 'ä\n日本\n \u00a0\n', 3],
    ['old Mac line ends, as git does', 'a\rb\rc', 1],
    ['a closing brace', '{\n}\n', 2],
  ])('should count %s', (_, text, expected) => {
    expect(countSourceLines(Buffer.from(text))).toBe(expected);
  });

  it('should count nothing of what git takes for binary', () => {
    expect(countSourceLines(Buffer.from('GIF89a\0\n\n'))).toBe(0);
    expect(countSourceLines(Buffer.from('text in UTF-16\n', 'utf16le'))).toBe(0);
    const late = Buffer.concat([Buffer.alloc(8000, 'x'), Buffer.from('\0\n')]);
    expect(countSourceLines(late)).toBe(1);
    expect(countSourceLines(late.subarray(1))).toBe(0);
  });

  it('should count nothing of a pointer to a file that is kept elsewhere', () => {
    const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n';
    expect(countSourceLines(Buffer.from(pointer))).toBe(0);
    expect(countSourceLines(Buffer.from(`// ${pointer}`))).toBe(3);
  });
});
