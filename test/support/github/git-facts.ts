import type { GitRepository } from './git-fixture.mjs';

/** A repository's figures as git tells them, counted here by other means than in Almanac. */
export interface GitFacts {
  commits: number;
  lastCommit: string;
  firstCommit: string;
  activeDays: number;
  additions: number;
  deletions: number;
  timeSpentMinutes: number;
  codingMinutes: number;
  loc: number;
  language: string;
  sizeKb: number;
}

const SOURCE = /\.(py|ts|js|go|rs|c|css)$/;
const NOT_OURS = /(^|\/)(node_modules|vendor|dist|build|third_party)\/|\.min\.js$|_pb2\.py$/;
const LANGUAGES: Record<string, string> = {
  py: 'Python',
  ts: 'TypeScript',
  js: 'JavaScript',
  go: 'Go',
  rs: 'Rust',
  c: 'C',
  css: 'CSS',
};

export async function gitFacts(repository: GitRepository): Promise<GitFacts> {
  const times = numbers(await repository.git('log', '--format=%ct'));
  const days = new Set(lines(await repository.git('log', '--format=%cd', '--date=format-local:%Y-%m-%d')));
  const [last = 0] = numbers(await repository.git('log', '-1', '--format=%ct'));
  const first = Math.min(...times);
  const { loc, language } = await countTree(repository);
  return {
    commits: Number(await repository.git('rev-list', '--count', 'HEAD')),
    lastCommit: iso(last),
    firstCommit: iso(first),
    activeDays: days.size,
    ...(await churn(repository)),
    timeSpentMinutes: Math.max(0, Math.floor((last - first) / 60)),
    codingMinutes: await codingMinutes(repository),
    loc,
    language,
    sizeKb: await sizeKb(repository),
  };
}

async function churn(repository: GitRepository): Promise<{ additions: number; deletions: number }> {
  let [additions, deletions] = [0, 0];
  for (const line of lines(await repository.git('log', '--no-merges', '--numstat', '--format='))) {
    const [added = '', deleted = ''] = line.split('\t');
    if (added === '-') continue;
    additions += Number(added);
    deletions += Number(deleted);
  }
  return { additions, deletions };
}

/** Sessions of each address: under two hours apart, and half an hour before the first commit of each. */
async function codingMinutes(repository: GitRepository): Promise<number> {
  const sessions = new Map<string, { first: number; last: number }[]>();
  const commits = lines(await repository.git('log', '--format=%at %ae'))
    .map((line) => ({ at: Number(line.split(' ')[0]), email: line.slice(line.indexOf(' ') + 1).toLowerCase() }))
    .sort((a, b) => a.at - b.at);
  for (const { at, email } of commits) {
    const own = sessions.get(email) ?? [];
    sessions.set(email, own);
    const session = own.at(-1);
    if (session !== undefined && at - session.last < 7200) session.last = at;
    else own.push({ first: at, last: at });
  }
  const all = [...sessions.values()].flat();
  return Math.round(all.reduce((sum, { first, last }) => sum + 30 + (last - first) / 60, 0));
}

async function countTree(repository: GitRepository): Promise<{ loc: number; language: string }> {
  const sourceLines = await linesByPath(repository);
  const pointers = await grep(repository, '-l', '^version https://git-lfs');
  let loc = 0;
  const bytes = new Map<string, number>();
  for (const entry of (await repository.git('ls-tree', '-r', '-l', '-z', 'HEAD')).split('\0')) {
    const tab = entry.indexOf('\t');
    const [mode = '', , , size] = entry.slice(0, tab).split(/ +/);
    const path = entry.slice(tab + 1);
    const extension = SOURCE.exec(path)?.[1];
    if (extension === undefined || !mode.startsWith('100')) continue;
    const language = LANGUAGES[extension] ?? '';
    bytes.set(language, (bytes.get(language) ?? 0) + Number(size));
    if (NOT_OURS.test(path) || Number(size) > 2_000_000 || pointers.includes(`HEAD:${path}\0`)) continue;
    loc += sourceLines.get(path) ?? 0;
  }
  const [language = 'Unknown'] = [...bytes].sort((a, b) => b[1] - a[1])[0] ?? [];
  return { loc, language };
}

/** Lines with something beside white space, of files that git does not take for binary. */
async function linesByPath(repository: GitRepository): Promise<Map<string, number>> {
  const counts = (await grep(repository, '-c', '[^[:space:]]')).matchAll(/HEAD:([^\0]*)\0(\d+)\n/g);
  return new Map([...counts].map(([, path = '', count]) => [path, Number(count)]));
}

async function grep(repository: GitRepository, ...args: string[]): Promise<string> {
  try {
    return await repository.git('grep', '-I', '-z', ...args, 'HEAD');
  } catch (error) {
    // That nothing fits is no error.
    if ((error as { code?: unknown }).code === 1) return '';
    throw error;
  }
}

async function sizeKb(repository: GitRepository): Promise<number> {
  const text = await repository.git('count-objects', '-v');
  const size = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1]);
  return size('size') + size('size-pack');
}

function lines(text: string): string[] {
  return text.split('\n').filter((line) => line !== '');
}

function numbers(text: string): number[] {
  return lines(text).map(Number);
}

function iso(seconds: number): string {
  return `${new Date(seconds * 1000).toISOString().slice(0, 19)}Z`;
}
