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

/** Bytes that a file takes on a disk, and its folder. */
const SMALLEST_ON_DISK = 8192;

export interface CountedLines {
  loc: number;
  source: 'counted' | 'cloc';
}

interface SourceFiles {
  folder: string;
  /** Objects with the paths at which they are, which may be several. */
  paths: Map<string, string[]>;
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
      if (this.cloc.isConfigured) {
        try {
          return { loc: await this.countWithCloc(files, signal), source: 'cloc' };
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
    const paths = new Map<string, string[]>();
    for await (const file of this.git.listFiles(folder, oid, signal)) {
      if (!isSourcePath(file.path)) continue;
      const others = paths.get(file.oid);
      if (others === undefined) paths.set(file.oid, [file.path]);
      else others.push(file.path);
    }
    const oids = paths.size === 0 ? [] : await this.git.listSourceObjects(folder, paths, signal);
    return { folder, paths, oids };
  }

  private async countHere({ folder, paths, oids }: SourceFiles, signal: AbortSignal): Promise<number> {
    const turns = new EventLoopTurns();
    let lines = 0;
    for await (const { oid, bytes } of this.git.readObjects(folder, oids, signal)) {
      lines += countSourceLines(bytes) * (paths.get(oid)?.length ?? 0);
      await turns.give();
    }
    return lines;
  }

  private async countWithCloc({ folder, paths, oids }: SourceFiles, signal: AbortSignal): Promise<number> {
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
