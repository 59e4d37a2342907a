import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Inject, Injectable } from '@nestjs/common';
import { STORAGE_CONFIG, type StorageConfig } from '../../../config/app.config.js';

/** Folders for downloads, which are removed again; those that a crash left behind as soon as nothing can be at work in them. */
@Injectable()
export class DownloadFolders {
  private readonly parent: string;

  constructor(@Inject(STORAGE_CONFIG) storage: StorageConfig) {
    this.parent = join(storage.dataDir, 'tmp', 'github');
  }

  async withFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
    await mkdir(this.parent, { recursive: true, mode: 0o700 });
    const folder = await mkdtemp(join(this.parent, 'repository-'));
    try {
      return await work(folder);
    } finally {
      await removeFolder(folder);
    }
  }

  /** To be called while no refresh is at work on this machine. */
  async removeLeftovers(): Promise<void> {
    await removeFolder(this.parent);
  }
}

/** A git that was just ended, or has outlived its server, may still be writing. */
async function removeFolder(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
}
