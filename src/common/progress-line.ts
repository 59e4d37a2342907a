import type { WriteStream } from 'node:tty';

/** One line that counts up on a terminal; elsewhere (a file, a pipe) only its end is written. */
export class ProgressLine {
  private shown = '';

  constructor(private readonly output: Pick<WriteStream, 'write' | 'isTTY'>) {}

  show(text: string): void {
    if (this.output.isTTY && text !== this.shown) this.output.write(`\r\x1b[K${text}`);
    this.shown = text;
  }

  /** Leaves the last text standing. Nothing is written when nothing was shown. */
  end(): void {
    if (this.shown !== '') this.output.write(this.output.isTTY ? '\n' : `${this.shown}\n`);
    this.shown = '';
  }
}
