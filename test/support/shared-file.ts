import { existsSync } from 'node:fs';

/** `it`, or a skip that says so, of what reads a file which lies beside the project and not in it. */
export function itWithFile(path: string): typeof it.skip {
  if (existsSync(path)) return it;
  process.stderr.write(`SKIPPED: what reads ${path}, which is not there.\n`);
  return it.skip;
}
