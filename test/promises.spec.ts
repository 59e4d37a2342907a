import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What stands at the beginning of a title: `D1 D2 should …`. */
const IDS_OF_TITLE = /(['"`])((?:[A-Z]\d+:? )+)/g;

function specFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => /(?:\.spec|-suite)\.ts$/.test(path))
    .map((path) => join(folder, path));
}

describe('the table of promises', () => {
  const table = readFileSync('test/PROMISES.md', 'utf8');
  const ids = [...table.matchAll(/^\| ([A-Z]\d+) +\|/gm)].map(([, id]) => id!);
  const titles = new Map(
    [...specFiles('src'), ...specFiles('test')].map((path) => [
      path,
      new Set(
        [...readFileSync(path, 'utf8').matchAll(IDS_OF_TITLE)].flatMap(([, , list]) => list!.match(/[A-Z]\d+/g)!),
      ),
    ]),
  );

  it('should name every promise once', () => {
    expect(ids).toHaveLength(64);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('should have a test for each, which bears its id', () => {
    expect(ids.filter((id) => ![...titles.values()].some((found) => found.has(id)))).toEqual([]);
  });

  it('should name files that are there and bear the id', () => {
    const wrong = [...table.matchAll(/^\| ([A-Z]\d+) +\|[^|]*\|([^|]*)\|/gm)].flatMap(([, id, cell]) =>
      [...cell!.matchAll(/`([a-z0-9/-]+)`/g)]
        .map(([, name]) => name!)
        .filter((name) => {
          const files = [...titles].filter(([path]) => path.includes(name));
          return !files.some(([, found]) => found.has(id!));
        })
        .map((name) => `${id} ${name}`),
    );
    expect(wrong).toEqual([]);
  });
});
