import { ProgressLine } from './progress-line.js';

describe('ProgressLine', () => {
  const record = (isTTY: boolean, use: (line: ProgressLine) => void): string => {
    let text = '';
    const output = { isTTY, write: (part: string | Uint8Array) => (text += String(part)) !== '' };
    use(new ProgressLine(output));
    return text;
  };

  it('should rewrite its line on a terminal', () => {
    const text = record(true, (line) => {
      line.show('1 %');
      line.show('1 %');
      line.show('2 %');
      line.end();
    });
    expect(text).toBe('\r\x1b[K1 %\r\x1b[K2 %\n');
  });

  it('should write only the end elsewhere, and nothing when there was nothing', () => {
    expect(
      record(false, (line) => {
        line.show('1 %');
        line.show('2 %');
        line.end();
      }),
    ).toBe('2 %\n');
    expect(record(false, (line) => line.end())).toBe('');
  });
});
