import { readFileSync } from 'node:fs';

const ROOT = new URL('../../', import.meta.url);

export const readFromRoot = (path: string): string => readFileSync(new URL(path, ROOT), 'utf8');

export const dockerfile = (): string => readFromRoot('deploy/Dockerfile');

/** Every variable in the table of README.md's section "Configuration". */
export function documentedVariables(): Set<string> {
  const section = /## Configuration\n([\s\S]*?)\n## /.exec(readFromRoot('README.md'))![1]!;
  const cells = section.split('\n').flatMap((line) => /^\| (`[^|]+)\|/.exec(line)?.[1] ?? []);
  return new Set(cells.flatMap((cell) => [...cell.matchAll(/`([A-Z][A-Z0-9_]+)`/g)].map(([, name]) => name!)));
}
