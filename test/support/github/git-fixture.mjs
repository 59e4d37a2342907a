// @ts-check
// Real git repositories of any shape, written by `git fast-import`, and what git itself says about them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git } from './git-process.mjs';

/**
 * @typedef {string | Buffer | {mode?: '100644' | '100755' | '120000', content: string | Buffer} | {submodule: string} | null} FileContent
 *   `null` deletes the file
 * @typedef {object} CommitSpec
 * @property {string} [at] committer's time, ISO 8601
 * @property {number} [atSeconds] the same in epoch seconds
 * @property {string} [authoredAt] author's time, if another
 * @property {string} [author] `Name <email>`
 * @property {string} [message]
 * @property {(number | string)[]} [parents] numbers of earlier commits of the same call (from 0), or object ids; absent: the one before
 * @property {string} [branch] absent: main
 * @property {Record<string, FileContent>} [files]
 */

const PIECE_BYTES = 1 << 18;

// As GitHub serves: any object by its id, and partial clones.
const CONFIG = `[core]
	repositoryformatversion = 0
	filemode = true
	bare = true
[uploadpack]
	allowAnySHA1InWant = true
	allowFilter = true
[gc]
	auto = 0
`;

/** One bare repository, as GitHub would hold it. */
export class GitRepository {
  /** @param {string} folder the bare repository */
  constructor(folder) {
    this.folder = folder;
  }

  /** What `git init --bare` makes, without starting it: tests make hundreds. @param {string} folder */
  static create(folder) {
    for (const part of ['objects/info', 'objects/pack', 'refs/heads', 'refs/tags'])
      mkdirSync(join(folder, part), { recursive: true });
    writeFileSync(join(folder, 'HEAD'), 'ref: refs/heads/main\n');
    writeFileSync(join(folder, 'config'), CONFIG);
    return new GitRepository(folder);
  }

  /**
   * What git prints.
   * @param {string[]} args
   */
  async git(...args) {
    return (await git(args, { cwd: this.folder })).toString();
  }

  /**
   * Adds commits; a branch goes to the last one that names it, also where that is no descendant (a force push).
   * @param {Iterable<CommitSpec>} commits
   * @returns {Promise<string[]>} their object ids
   */
  async commit(commits) {
    const marks = join(this.folder, 'fixture-marks');
    await git(['fast-import', '--quiet', '--force', `--export-marks=${marks}`], {
      cwd: this.folder,
      input: streamOf(commits, this.head()),
    });
    /** @type {string[]} */
    const ids = [];
    for (const line of readFileSync(marks, 'utf8').trim().split('\n')) {
      const [mark = '', id = ''] = line.split(' ');
      ids[Number(mark.slice(1)) - 1] = id;
    }
    return ids;
  }

  /** The head of the default branch; `null` for an empty repository. It is asked for often: no git is started for it. */
  head() {
    try {
      return readFileSync(join(this.folder, 'refs/heads/main'), 'utf8').trim();
    } catch {
      return null;
    }
  }

  /** @param {string} id */
  async forcePush(id) {
    await this.git('update-ref', 'refs/heads/main', id);
  }
}

/**
 * What `git fast-import` reads, in pieces that are neither tiny nor large.
 *
 * @param {Iterable<CommitSpec>} commits
 * @param {string | null} tip of the branch before them
 */
function* streamOf(commits, tip) {
  /** @type {Buffer[]} */
  let parts = [];
  let bytes = 0;
  let count = 0;
  for (const spec of commits) {
    for (const part of commitCommands(spec, count++, tip)) {
      parts.push(part);
      bytes += part.length;
    }
    if (bytes < PIECE_BYTES) continue;
    yield Buffer.concat(parts);
    parts = [];
    bytes = 0;
  }
  yield Buffer.concat(parts);
}

/**
 * @param {CommitSpec} spec
 * @param {number} position among the commits of the call
 * @param {string | null} tip of the branch before the call
 * @returns {Buffer[]}
 */
function commitCommands(spec, position, tip) {
  const seconds = spec.atSeconds ?? Math.floor(Date.parse(spec.at ?? '2026-01-01T00:00:00Z') / 1000);
  const authored = spec.authoredAt === undefined ? seconds : Math.floor(Date.parse(spec.authoredAt) / 1000);
  const author = spec.author ?? 'Ann Example <ann@example.com>';
  const message = Buffer.from(spec.message ?? `Commit ${position}`);
  const parents = (spec.parents ?? (position > 0 ? [position - 1] : tip === null ? [] : [tip])).map((parent) =>
    typeof parent === 'number' ? `:${parent + 1}` : parent,
  );
  const branch = spec.branch ?? 'main';
  /** @type {Buffer[]} */
  const parts = [];
  const line = (/** @type {string} */ text) => parts.push(Buffer.from(`${text}\n`));
  // Without this a commit without parents would follow the branch's present tip.
  if (parents.length === 0) line(`reset refs/heads/${branch}`);
  line(`commit refs/heads/${branch}`);
  line(`mark :${position + 1}`);
  line(`author ${author} ${authored} +0000`);
  line(`committer ${author} ${seconds} +0000`);
  line(`data ${message.length}`);
  parts.push(message, Buffer.from('\n'));
  parents.forEach((parent, i) => line(`${i === 0 ? 'from' : 'merge'} ${parent}`));
  for (const [path, content] of Object.entries(spec.files ?? {})) {
    if (content === null) {
      line(`D ${quoted(path)}`);
    } else if (typeof content === 'object' && 'submodule' in content) {
      line(`M 160000 ${content.submodule} ${quoted(path)}`);
    } else {
      const { mode = '100644', content: body } =
        typeof content === 'string' || Buffer.isBuffer(content) ? { content } : content;
      const bytes = Buffer.from(body);
      line(`M ${mode} inline ${quoted(path)}`);
      line(`data ${bytes.length}`);
      parts.push(bytes, Buffer.from('\n'));
    }
  }
  line('');
  return parts;
}

/** A path as fast-import reads it, whatever it holds. @param {string} path */
function quoted(path) {
  return `"${path.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')}"`;
}
