import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable, Logger } from '@nestjs/common';
import { EventLoopTurns } from '../../../common/event-loop-turns.js';
import { GITHUB_CONFIG, type GithubConfig } from '../../../config/app.config.js';
import { GithubNotConfiguredError, LineCountFault } from '../github.errors.js';
import { ClocClient } from './cloc.client.js';
import { countSourceLines } from './count-lines.js';
import { DownloadFolders } from './download-folders.js';
import { GitClient } from './git.client.js';
import type { GitSource } from './git-environment.js';
import { isSourcePath } from './source-files.js';
import { webOrigin } from './web-origin.js';

/** Files with their paths are kept in memory, and each becomes a file of its own. */
const MOST_FOR_CLOC = 200_000;
/** Bytes that a file takes on a disk, and its folder. */
const SMALLEST_ON_DISK = 8192;

export interface CountedLines {
  loc: number;
  source: 'counted' | 'cloc';
}

interface SourceFiles {
  folder: string;
  /** Objects with the number of paths at which they are. */
  counts: Map<string, number>;
  /** Those paths, for cloc; null: it is not asked. */
  paths: Map<string, string[]> | null;
  oids: string[];
}

/** Counts the lines of source of a commit in a download that is removed afterwards. */
@Injectable()
export class LineCounterService {
  private readonly logger = new Logger(LineCounterService.name);

  constructor(
    private readonly git: GitClient,
    private readonly cloc: ClocClient,
    private readonly folders: DownloadFolders,
    @Inject(GITHUB_CONFIG) private readonly config: GithubConfig,
  ) {}

  /** Without git there are only estimates. */
  isAvailable(signal: AbortSignal): Promise<boolean> {
    return this.git.isAvailable(signal);
  }

  /**
   * @param onDownloaded told between the download and the counting, which may both take their time
   * @throws LineCountFault
   */
  async count(
    repository: { owner: string; name: string },
    oid: string,
    signal: AbortSignal,
    onDownloaded: () => Promise<void>,
  ): Promise<CountedLines> {
    return this.folders.withFolder(async (folder) => {
      await this.git.download(folder, this.sourceOf(repository), oid, signal);
      await onDownloaded();
      const files = await this.listSource(folder, oid, signal);
      if (files.paths !== null) {
        try {
          return { loc: await this.countWithCloc(files, files.paths, signal), source: 'cloc' };
        } catch (error) {
          if (!(error instanceof LineCountFault)) throw error;
          this.logger.warn(`${error.message}: they are counted without it`);
        }
      }
      return { loc: await this.countHere(files, signal), source: 'counted' };
    });
  }

  private sourceOf({ owner, name }: { owner: string; name: string }): GitSource {
    const { token, apiUrl } = this.config;
    if (token === undefined) throw new GithubNotConfiguredError();
    const origin = webOrigin(apiUrl);
    return { origin, url: `${origin}/${encodeURIComponent(owner)}/${encodeURIComponent(name)}.git`, token };
  }

  private async listSource(folder: string, oid: string, signal: AbortSignal): Promise<SourceFiles> {
    const counts = new Map<string, number>();
    let paths = this.cloc.isConfigured ? new Map<string, string[]>() : null;
    let files = 0;
    for await (const file of this.git.listFiles(folder, oid, signal)) {
      if (!isSourcePath(file.path)) continue;
      counts.set(file.oid, (counts.get(file.oid) ?? 0) + 1);
      if (paths === null) continue;
      if (++files > MOST_FOR_CLOC) {
        this.logger.warn(`More than ${MOST_FOR_CLOC} files: they are counted without cloc`);
        paths = null;
        continue;
      }
      const others = paths.get(file.oid);
      if (others === undefined) paths.set(file.oid, [file.path]);
      else others.push(file.path);
    }
    const oids = counts.size === 0 ? [] : await this.git.listSourceObjects(folder, counts, signal);
    return { folder, counts, paths, oids };
  }

  private async countHere({ folder, counts, oids }: SourceFiles, signal: AbortSignal): Promise<number> {
    const turns = new EventLoopTurns();
    let lines = 0;
    for await (const { oid, bytes } of this.git.readObjects(folder, oids, signal)) {
      lines += countSourceLines(bytes) * (counts.get(oid) ?? 0);
      await turns.give();
    }
    return lines;
  }

  private async countWithCloc(
    { folder, oids }: SourceFiles,
    paths: ReadonlyMap<string, readonly string[]>,
    signal: AbortSignal,
  ): Promise<number> {
    const source = join(folder, 'source');
    await mkdir(source);
    let number = 0;
    let size = 0;
    for await (const { oid, bytes } of this.git.readObjects(folder, oids, signal)) {
      // Binary files and pointers to large ones are no source under any name.
      if (countSourceLines(bytes) === 0) continue;
      for (const path of paths.get(oid) ?? []) {
        signal.throwIfAborted();
        // A tree that holds itself several times over is small to download, and has no end on a disk.
        size += Math.max(bytes.length, SMALLEST_ON_DISK);
        if (size > this.config.cloneMaxMegabytes * 1e6) {
          throw new LineCountFault(`The files are larger than ${this.config.cloneMaxMegabytes} MB`);
        }
        await this.cloc.addFile(source, number++, path, bytes);
      }
    }
    return this.cloc.count(source, signal);
  }
}
