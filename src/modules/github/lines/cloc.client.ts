import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { GITHUB_CONFIG, type GithubConfig } from '../../../config/app.config.js';
import { LineCountFault } from '../github.errors.js';
import { Program } from './child-process.js';

const TIME_LIMIT_MS = 120_000;
const MAX_OUTPUT_BYTES = 10_000_000;
const PLAIN_NAME = /^[\w+-][\w.+-]{0,60}$/;

/** The program `cloc`, which counts lines of code without comments. */
@Injectable()
export class ClocClient {
  constructor(@Inject(GITHUB_CONFIG) private readonly config: GithubConfig) {}

  get isConfigured(): boolean {
    return this.config.clocPath !== undefined;
  }

  /** Puts a file where `count` finds it, under a name of ours with the end by which cloc knows its language. */
  async addFile(folder: string, number: number, path: string, bytes: Buffer): Promise<void> {
    const name = basename(path);
    const own = join(folder, String(number));
    await mkdir(own, { recursive: true });
    const extension = name.slice(name.lastIndexOf('.'));
    await writeFile(
      join(own, PLAIN_NAME.test(name) ? name : `file${PLAIN_NAME.test(`x${extension}`) ? extension : ''}`),
      bytes,
    );
  }

  /** Lines of code of all files in the folder. @throws LineCountFault */
  async count(folder: string, signal: AbortSignal): Promise<number> {
    const args = ['--json', '--quiet', '--skip-uniqueness', folder];
    const env = { PATH: this.config.searchPath, LC_ALL: 'C', HOME: folder };
    const program = new Program(this.config.clocPath!, args, { cwd: folder, env, timeLimit: TIME_LIMIT_MS, signal });
    program.input.end();
    let text = '';
    for await (const chunk of program.output) {
      text += String(chunk);
      if (text.length > MAX_OUTPUT_BYTES) program.kill();
    }
    const end = await program.ended;
    signal.throwIfAborted();
    if (end !== 'done') throw new LineCountFault('cloc could not count the lines');
    return readTotal(text);
  }
}

/** No source at all: cloc prints nothing. */
function readTotal(text: string): number {
  if (text.trim() === '') return 0;
  try {
    const { SUM } = JSON.parse(text) as { SUM?: { code?: unknown } };
    if (Number.isSafeInteger(SUM?.code)) return SUM?.code as number;
  } catch {
    // Said below.
  }
  throw new LineCountFault('cloc printed something else than its figures');
}
