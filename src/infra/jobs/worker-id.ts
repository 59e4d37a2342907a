import { createHash, randomUUID } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';

/**
 * Names a process as a worker: `<machine>/<pid>/<random>`. The machine part is the same only for processes that see the same
 * process ids, so that of these one can tell at once whether another is still there.
 */
export function newWorkerId(): string {
  const id = `${machineId()}/${process.pid}/${randomUUID()}`;
  own.add(id);
  return id;
}

/** Those of this very process: several replicas may live in one, as in tests. */
const own = new Set<string>();

/** Whether the worker is certainly gone: its process id, on this machine, is nobody's or is that of `self`. */
export function isDeadWorker(worker: string, self: string, isAlive: (pid: number) => boolean = processExists): boolean {
  if (worker === self || own.has(worker)) return false;
  const [machine, pid] = worker.split('/');
  const [ownMachine, ownPid] = self.split('/');
  return machine === ownMachine && (pid === ownPid || !isAlive(Number(pid)));
}

function machineId(): string {
  const parts = [
    hostname(),
    orEmpty(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8')),
    // Containers may share a host's name but not its process ids.
    orEmpty(() => readlinkSync('/proc/self/ns/pid')),
  ];
  return createHash('sha256').update(parts.join('\n')).digest('hex').slice(0, 16);
}

function orEmpty(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
