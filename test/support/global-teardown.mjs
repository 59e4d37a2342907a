// Ends the servers that a failed test left behind and removes what the run wrote.
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';

export default function cleanUp() {
  const root = process.env.ALMANAC_TEST_ROOT;
  if (root === undefined) return;
  const list = join(root, 'servers');
  const pids = existsSync(list) ? readFileSync(list, 'utf8').trim().split('\n').map(Number) : [];
  for (const pid of pids) {
    // The number may belong to another program by now.
    if (existsSync(`/proc/${pid}`) && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('dist/main.js'))
      process.kill(pid, 'SIGKILL');
  }
  rmSync(root, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
}
