import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Inject, Injectable } from '@nestjs/common';
import { GITHUB_CONFIG, type GithubConfig } from '../../../config/app.config.js';
import { LineCountFault, TooLargeToCountFault } from '../github.errors.js';
import { readBatch, splitOutput, type Blob } from './batch-output.js';
import { Program, runProgram, type ProgramOptions } from './child-process.js';
import { downloadSettings, gitEnvironment, REMOTE_NAME, type GitSource } from './git-environment.js';
import { MAX_SOURCE_BYTES } from './source-files.js';

const LOOK_INTERVAL_MS = 250;
/** For what is read of a download, which is on this machine. */
const READ_LIMIT_MS = 120_000;
/** More than any real repository has; a tree that holds itself ten times over, ten levels deep, has ten milliards. */
const MAX_ENTRIES = 2_000_000;

const NUL = 0;
const NEWLINE = 10;

/** A file of a commit: no symbolic link, no submodule. */
export interface TreeFile {
  oid: string;
  path: string;
}

/** The git of this machine, for repositories that nobody vouches for. */
@Injectable()
export class GitClient {
  constructor(@Inject(GITHUB_CONFIG) private readonly config: GithubConfig) {}

  /** False: there is no git, or one too old to be told settings by its environment. */
  async isAvailable(signal: AbortSignal): Promise<boolean> {
    const program = new Program('git', ['version'], this.options('/', signal));
    program.input.end();
    const chunks: Buffer[] = [];
    for await (const chunk of program.output) chunks.push(chunk as Buffer);
    if ((await program.ended) !== 'done') return false;
    const [, major = '0', minor = '0'] =
      /^git version (\d{1,6})\.(\d{1,6})/.exec(Buffer.concat(chunks).toString()) ?? [];
    return Number(major) > 2 || (Number(major) === 2 && Number(minor) >= 31);
  }

  /**
   * Downloads one commit with its files, without its history and without large files, into a bare repository: nothing is
   * checked out, so no path, link or attribute of it has an effect.
   * @throws LineCountFault
   */
  async download(folder: string, source: GitSource, oid: string, signal: AbortSignal): Promise<void> {
    const local = this.options(folder, signal);
    if ((await runProgram('git', ['init', '--quiet', '--bare', '--template=', '.'], local)) !== 'done') {
      throw new LineCountFault('The download could not be prepared');
    }
    const settings = downloadSettings(source);
    const env = gitEnvironment(this.config.searchPath, settings);
    if (this.config.certificatesPath !== undefined) env.GIT_SSL_CAINFO = this.config.certificatesPath;
    const seconds = this.config.cloneTimeoutSeconds;
    const tooLarge = new AbortController();
    const look = setInterval(() => {
      void this.isTooLarge(folder).then((isIt) => isIt && tooLarge.abort());
    }, LOOK_INTERVAL_MS);
    try {
      const end = await runProgram('git', fetchArguments(oid), {
        cwd: folder,
        env,
        timeLimit: seconds * 1000,
        signal: AbortSignal.any([signal, tooLarge.signal]),
      });
      if (end === 'late') throw new LineCountFault(`The download took longer than ${seconds} s`);
      if (end !== 'done') throw new LineCountFault('git could not download the repository');
    } catch (error) {
      signal.throwIfAborted();
      if (!tooLarge.signal.aborted) throw error;
      throw new TooLargeToCountFault(`The download is larger than ${this.config.cloneMaxMegabytes} MB`);
    } finally {
      clearInterval(look);
    }
  }

  /** The files of a commit. @throws LineCountFault */
  async *listFiles(folder: string, oid: string, signal: AbortSignal): AsyncGenerator<TreeFile> {
    const program = new Program('git', ['ls-tree', '-r', '-z', '--full-tree', oid], this.options(folder, signal));
    program.input.end();
    let entries = 0;
    for await (const entry of splitOutput(program.output, NUL)) {
      entries += 1;
      if (entries > MAX_ENTRIES) {
        program.kill();
        throw new TooLargeToCountFault(`The repository has more than ${MAX_ENTRIES} files`);
      }
      // `100644 blob <oid>\t<path>`; the path is bytes, which need not be text.
      const header = entry.subarray(0, entry.indexOf('\t')).toString('latin1');
      if (header.startsWith('100'))
        yield { oid: header.slice(-40), path: entry.subarray(header.length + 1).toString() };
    }
    await assertDone(program, signal);
  }

  /** Those of the wanted objects that were downloaded and are small enough for source. @throws LineCountFault */
  async listSourceObjects(
    folder: string,
    wanted: ReadonlyMap<string, unknown>,
    signal: AbortSignal,
  ): Promise<string[]> {
    const args = ['cat-file', '--batch-all-objects', '--batch-check', '--unordered'];
    const program = new Program('git', args, this.options(folder, signal));
    program.input.end();
    const found: string[] = [];
    for await (const line of splitOutput(program.output, NEWLINE)) {
      const [oid = '', , size = ''] = line.toString('latin1').split(' ');
      if (wanted.has(oid) && Number(size) <= MAX_SOURCE_BYTES) found.push(oid);
    }
    await assertDone(program, signal);
    return found;
  }

  /** The bytes of objects that are there, one after the other. @throws LineCountFault */
  async *readObjects(folder: string, oids: readonly string[], signal: AbortSignal): AsyncGenerator<Blob> {
    const program = new Program('git', ['cat-file', '--batch', '--buffer'], this.options(folder, signal));
    const asked = pipeline(Readable.from(lines(oids)), program.input).catch(() => undefined);
    try {
      yield* readBatch(program.output);
    } finally {
      program.kill();
    }
    await asked;
    await assertDone(program, signal);
  }

  private options(cwd: string, signal: AbortSignal): ProgramOptions {
    return { cwd, env: gitEnvironment(this.config.searchPath), timeLimit: READ_LIMIT_MS, signal };
  }

  private async isTooLarge(folder: string): Promise<boolean> {
    return (await sizeOf(folder)) > this.config.cloneMaxMegabytes * 1e6;
  }
}

function fetchArguments(oid: string): string[] {
  return [
    'fetch',
    '--quiet',
    '--depth=1',
    '--no-tags',
    '--no-recurse-submodules',
    '--no-auto-maintenance',
    '--no-write-fetch-head',
    `--filter=blob:limit=${MAX_SOURCE_BYTES + 1}`,
    REMOTE_NAME,
    oid,
  ];
}

function* lines(oids: readonly string[]): Generator<string> {
  const step = 1000;
  for (let i = 0; i < oids.length; i += step) yield `${oids.slice(i, i + step).join('\n')}\n`;
}

async function assertDone(program: Program, signal: AbortSignal): Promise<void> {
  const end = await program.ended;
  signal.throwIfAborted();
  if (end !== 'done') throw new LineCountFault('git could not read what it downloaded');
}

/** Bytes of all files below a folder, as far as they can be seen while git is at work on them. */
async function sizeOf(folder: string): Promise<number> {
  let bytes = 0;
  const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) bytes += await sizeOf(path);
    else
      bytes += await lstat(path).then(
        ({ size }) => size,
        () => 0,
      );
  }
  return bytes;
}
