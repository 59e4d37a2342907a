import { execFileSync } from 'node:child_process';
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './server.js';

/** A folder that is a file system of its own, in memory and small, so that it can be filled. */
export class SmallDisk {
  private constructor(readonly folder: string) {}

  /** Null, said aloud, where this process may not mount. */
  static mount(megabytes: number): SmallDisk | null {
    const folder = temporaryFolder();
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m,mode=0700`, 'tmpfs', folder], { stdio: 'pipe' });
    } catch {
      process.stderr.write('SKIPPED: a full disk; this process may not mount a file system.\n');
      return null;
    }
    return new SmallDisk(folder);
  }

  get freeBytes(): number {
    const { bavail, bsize } = statfsSync(this.folder);
    return bavail * bsize;
  }

  /** Takes up the space but for so many bytes. */
  fill(except: number): void {
    const size = this.freeBytes - except;
    if (size > 0) writeFileSync(this.ballast, Buffer.alloc(size));
  }

  clear(): void {
    rmSync(this.ballast, { force: true });
  }

  unmount(): void {
    execFileSync('umount', ['-l', this.folder], { stdio: 'pipe' });
  }

  private get ballast(): string {
    return join(this.folder, 'ballast');
  }
}
