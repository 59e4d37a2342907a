import { spawnSync } from 'node:child_process';

/**
 * Runs Debian's `promtool` (package `prometheus`). Null where it is not installed, which is said aloud; with CI=true it is an
 * error.
 */
export function promtool(args: string[], input?: string): { status: number | null; output: string } | null {
  const { error, status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8', timeout: 60_000 });
  if (error === undefined) return { status, output: (stdout + stderr).trim() };
  if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  if (process.env.CI === 'true') throw new Error('promtool is required in CI: apt-get install prometheus');
  console.warn(`SKIPPED: promtool ${args.join(' ')} (apt-get install prometheus)`);
  return null;
}
