import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** A lock file is written at once; one still unreadable after this long was left by a crash. */
const HALF_WRITTEN_MS = 2_000;

interface Holder {
  token: string;
  pid: number;
  /** Tells a process from a later one that was given the same number. */
  startedAt: string;
  host: string;
}

/**
 * Keeps two servers out of one folder. The engine locks its own files too, by the operating system, and that lock is
 * what protects the data; this one covers the moments when a server's engine is being restarted, and knows the holder.
 * A holder that died (`kill -9`) holds nothing. One on another host (a container that was replaced) cannot be asked, so
 * it is passed over and the engine's own lock decides.
 */
export class FolderLock {
  private constructor(
    private readonly file: string,
    private readonly token: string,
  ) {}

  /** Takes the lock, or says who has it: `{ heldBy: 'process 4711' }`. */
  static acquire(file: string): FolderLock | { heldBy: string } {
    const mine: Holder = {
      token: randomUUID(),
      pid: process.pid,
      startedAt: processStart(process.pid) ?? '',
      host: hostname(),
    };
    for (;;) {
      if (writeNew(file, mine)) return new FolderLock(file, mine.token);
      const found = read(file);
      if (found === 'absent') continue;
      if (found === 'being written') return { heldBy: 'a process that starts just now' };
      if (found !== 'broken' && isAlive(found)) return { heldBy: `process ${found.pid}` };
      removeStale(file, found === 'broken' ? null : found.token);
    }
  }

  release(): void {
    const found = read(this.file);
    if (typeof found === 'object' && found.token === this.token) rmSync(this.file, { force: true });
  }
}

function writeNew(file: string, holder: Holder): boolean {
  try {
    writeFileSync(file, JSON.stringify(holder), { flag: 'wx', mode: 0o600 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function read(file: string): Holder | 'absent' | 'being written' | 'broken' {
  try {
    const text = readFileSync(file, 'utf8');
    const holder = parseHolder(text);
    if (holder) return holder;
    return Date.now() - statSync(file).mtimeMs < HALF_WRITTEN_MS ? 'being written' : 'broken';
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'absent';
    throw error;
  }
}

function parseHolder(text: string): Holder | null {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    return typeof value?.token === 'string' && typeof value.pid === 'number' ? (value as Holder) : null;
  } catch {
    return null;
  }
}

/**
 * Two servers may find the same stale lock. Each moves away what is there and looks at it again: the slower one may
 * have caught the faster one's new lock, and puts it back.
 */
function removeStale(file: string, token: string | null): void {
  const aside = `${file}.${randomUUID()}`;
  try {
    renameSync(file, aside);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  const caught = read(aside);
  if (typeof caught === 'object' && caught.token !== token) writeNew(file, caught);
  rmSync(aside, { force: true });
}

function isAlive(holder: Holder): boolean {
  if (holder.host !== hostname()) return false;
  return processStart(holder.pid) === holder.startedAt;
}

/** When a process began, in the system's own terms; `null` when there is none (a zombie counts as gone). */
function processStart(pid: number): string | null {
  try {
    if (process.platform !== 'linux') {
      return execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], { encoding: 'utf8', timeout: 2_000 }).trim();
    }
    const bootId = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // proc(5): the second field may hold spaces and brackets; the state is field 3, the start time field 22.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' || fields[0] === 'X' ? null : `${bootId}:${fields[19]}`;
  } catch {
    return null;
  }
}
