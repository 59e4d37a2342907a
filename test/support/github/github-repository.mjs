// @ts-check
// A repository as GitHub's API shows it, by what git says about the real one behind it.
import { extname } from 'node:path';
import { git } from './git-process.mjs';

const FIELD = '\x1f';
const RECORD = '\x1e';

/** @type {Record<string, string>} */
const LANGUAGES = {
  '.py': 'Python',
  '.ts': 'TypeScript',
  '.js': 'JavaScript',
  '.go': 'Go',
  '.rs': 'Rust',
  '.c': 'C',
  '.css': 'CSS',
};

/**
 * @typedef {{oid: string, committedDate: string, authoredDate: string, email: string, parents: number, additions: number, deletions: number}} HistoryCommit
 */

export class GithubRepository {
  /** @type {Map<string, Promise<HistoryCommit[]>>} */
  #histories = new Map();
  /** @type {Map<string, Promise<{name: string, size: number}[]>>} */
  #languages = new Map();
  /** @type {Map<string, Promise<number>>} */
  #sizes = new Map();

  /**
   * @param {{id: string, owner: string, name: string, git: import('./git-fixture.mjs').GitRepository, isPrivate?: boolean, isFork?: boolean, isArchived?: boolean}} options
   */
  constructor({ id, owner, name, git, isPrivate = false, isFork = false, isArchived = false }) {
    this.id = id;
    this.owner = owner;
    this.name = name;
    this.git = git;
    this.isPrivate = isPrivate;
    this.isFork = isFork;
    this.isArchived = isArchived;
  }

  /**
   * Commits from one back, in the order of `git rev-list`. The figures of a merge are those against its first parent, as
   * GitHub gives them.
   * @param {string} oid
   * @returns {Promise<HistoryCommit[]>}
   */
  history(oid) {
    let history = this.#histories.get(oid);
    if (history === undefined) this.#histories.set(oid, (history = readHistory(this.git.folder, oid)));
    return history;
  }

  /**
   * Bytes by language, the largest first.
   * @param {string} oid
   */
  languages(oid) {
    let languages = this.#languages.get(oid);
    if (languages === undefined) this.#languages.set(oid, (languages = this.#readLanguages(oid)));
    return languages;
  }

  /** Kilobytes on GitHub's disks, as of the last push. */
  diskUsage() {
    const head = this.git.head() ?? '';
    let size = this.#sizes.get(head);
    if (size === undefined) this.#sizes.set(head, (size = this.#readSize()));
    return size;
  }

  async #readSize() {
    const text = await this.git.git('count-objects', '-v');
    const size = (/** @type {string} */ name) => Number(new RegExp(`^${name}: (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
    return size('size') + size('size-pack');
  }

  /** @param {string} oid */
  async #readLanguages(oid) {
    /** @type {Map<string, number>} */
    const bytes = new Map();
    for (const entry of (await this.git.git('ls-tree', '-r', '-l', '-z', oid)).split('\0')) {
      const [meta = '', path = ''] = entry.split('\t');
      const [mode, , , size] = meta.split(/ +/);
      const language = LANGUAGES[extname(path)];
      if (language !== undefined && mode?.startsWith('100'))
        bytes.set(language, (bytes.get(language) ?? 0) + Number(size));
    }
    return [...bytes].map(([name, size]) => ({ name, size })).sort((a, b) => b.size - a.size);
  }
}

/**
 * @param {string} folder
 * @param {string} oid
 * @returns {Promise<HistoryCommit[]>}
 */
async function readHistory(folder, oid) {
  const format = `--format=${RECORD}${['%H', '%cI', '%aI', '%ae', '%P'].join(FIELD)}${FIELD}`;
  const text = (await git(['log', '--diff-merges=first-parent', '--numstat', format, oid], { cwd: folder })).toString();
  return text
    .split(RECORD)
    .filter((record) => record !== '')
    .map(readCommit);
}

/** @param {string} record @returns {HistoryCommit} */
function readCommit(record) {
  const [oid = '', committed = '', authored = '', email = '', parents = '', stats = ''] = record.split(FIELD);
  let additions = 0;
  let deletions = 0;
  for (const line of stats.split('\n')) {
    const [added, deleted] = line.split('\t');
    if (deleted === undefined || added === '-') continue;
    additions += Number(added);
    deletions += Number(deleted);
  }
  return {
    oid,
    committedDate: inUtc(committed),
    authoredDate: inUtc(authored),
    email,
    parents: parents === '' ? 0 : parents.split(' ').length,
    additions,
    deletions,
  };
}

/** @param {string} text */
function inUtc(text) {
  return `${new Date(text).toISOString().slice(0, 19)}Z`;
}
