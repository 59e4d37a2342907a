// @ts-check
// A GitHub on the loopback address: its public GraphQL schema and its git server over real repositories, with a limit of
// points, a token, and faults on demand.
import { createServer } from 'node:http';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { GitRepository } from './git-fixture.mjs';
import { GithubRepository } from './github-repository.mjs';
import { checkQuery, executeQuery, operationName, pointsOf } from './github-schema.mjs';
import { serveGit } from './smart-http.mjs';

export const DOUBLE_TOKEN = 'ghp_canary0123456789abcdefghijklmnopqrst';

/**
 * @typedef {object} Answer an answer that takes the place of GitHub's
 * @property {number} [status]
 * @property {Record<string, string>} [headers]
 * @property {unknown} [body] text as it is, anything else as JSON
 * @property {number} [delayMs] before the answer, GitHub's own if nothing else is given
 * @property {(result: any) => void} [change] makes something else of GitHub's own answer
 * @property {'reset' | 'hang' | 'truncate' | 'endless'} [wire] what happens to the connection
 *
 * @typedef {object} GraphqlRequest
 * @property {'graphql'} kind
 * @property {string} operation
 * @property {Record<string, any>} variables
 * @property {number} points
 * @property {number} at epoch milliseconds
 *
 * @typedef {{kind: 'git', path: string, authorized: boolean, at: number}} GitRequest
 * @typedef {GraphqlRequest | GitRequest} DoubleRequest
 * @typedef {(request: DoubleRequest) => Answer | undefined} Fault the first that answers something wins
 */

export class GithubDouble {
  /** Whose token it is. */
  login = 'ann';
  token = DOUBLE_TOKEN;
  limit = 5000;
  remaining = 5000;
  /** Epoch milliseconds. */
  resetAt = Date.now() + 3_600_000;
  /** Length of the next periods. */
  periodMs = 3_600_000;
  /** Of the type of error that says that the points are used up; GitHub uses two. */
  limitType = 'RATE_LIMITED';

  /** @type {GithubRepository[]} */
  repositories = [];
  /** @type {DoubleRequest[]} */
  requests = [];
  /** Questions about what the schema does not have. @type {string[]} */
  invalid = [];
  /** @type {Fault[]} */
  faults = [];
  /** Questions that were answered at the same time, at most. */
  mostAtOnce = 0;
  #atOnce = 0;
  #nextId = 1;
  /** @type {Set<import('node:net').Socket>} */
  #sockets = new Set();
  #server = createServer((request, response) => {
    this.#handle(request, response).catch((error) => {
      if (!response.headersSent) response.writeHead(500);
      response.end(String(error));
    });
  });

  /** @param {string} root folder for the bare repositories */
  constructor(root) {
    this.root = root;
  }

  /** @param {string} root @param {number} [port] */
  static async start(root, port = 0) {
    const double = new GithubDouble(root);
    // Reads the schema, which takes a second or two: not while somebody waits for an answer.
    checkQuery('{ viewer { login } }');
    double.#server.on('connection', (socket) => {
      double.#sockets.add(socket);
      socket.once('close', () => double.#sockets.delete(socket));
    });
    await new Promise((resolve) => double.#server.listen(port, '127.0.0.1', () => resolve(undefined)));
    return double;
  }

  get url() {
    const address = this.#server.address();
    if (address === null || typeof address === 'string') throw new Error('The double does not listen');
    return `http://127.0.0.1:${address.port}`;
  }

  async stop() {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /**
   * A new repository; empty when no commits are given.
   * @param {string} name
   * @param {Iterable<import('./git-fixture.mjs').CommitSpec>} [commits]
   * @param {{owner?: string, isPrivate?: boolean, isFork?: boolean, isArchived?: boolean}} [options]
   */
  async addRepository(name, commits, { owner = this.login, ...flags } = {}) {
    const git = GitRepository.create(join(this.root, owner, `${name}.git`));
    if (commits !== undefined) await git.commit(commits);
    const id = `R_${String(this.#nextId++).padStart(6, '0')}`;
    const repository = new GithubRepository({ id, owner, name, git, ...flags });
    this.repositories.push(repository);
    return repository;
  }

  /** @param {GithubRepository} repository */
  removeRepository(repository) {
    this.repositories = this.repositories.filter((one) => one !== repository);
  }

  /** Forgets what was asked, and gives back all points. */
  reset() {
    this.requests = [];
    this.faults = [];
    this.remaining = this.limit;
  }

  /** @returns {GraphqlRequest[]} */
  get questions() {
    return this.requests.flatMap((request) => (request.kind === 'graphql' ? [request] : []));
  }

  get points() {
    return this.questions.reduce((sum, { points }) => sum + points, 0);
  }

  /** Downloads that were begun. */
  get clones() {
    return this.requests.filter((request) => request.kind === 'git' && request.path.endsWith('/info/refs')).length;
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async #handle(request, response) {
    const url = new URL(request.url ?? '/', this.url);
    if (request.url?.includes(this.token)) this.invalid.push('The token is in an address');
    if (request.method === 'POST' && url.pathname === '/graphql') return this.#answerQuestion(request, response);
    if (/^\/[\w.-]+\/[\w.-]+\.git\//.test(url.pathname)) return this.#answerGit(request, response, url);
    response.writeHead(404, { 'content-type': 'application/json' }).end('{"message":"Not Found"}');
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response */
  async #answerQuestion(request, response) {
    const text = await bodyOf(request);
    this.#atOnce += 1;
    this.mostAtOnce = Math.max(this.mostAtOnce, this.#atOnce);
    response.once('close', () => (this.#atOnce -= 1));
    const { query, variables = {} } = JSON.parse(text);
    const { document, errors } = checkQuery(query);
    const operation = operationName(document);
    if (errors.length > 0) {
      this.invalid.push(`${operation}: ${errors.map(({ message }) => message).join('; ')}`);
      return send(response, { body: { errors: errors.map(({ message }) => ({ message })) } }, {});
    }
    /** @type {GraphqlRequest} */
    const asked = { kind: 'graphql', operation, variables, points: pointsOf(document, variables), at: Date.now() };
    this.requests.push(asked);
    const fault = this.#faultFor(asked);
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs);
    if (fault !== undefined && ('body' in fault || 'status' in fault || 'wire' in fault)) {
      return send(response, fault, this.#limitHeaders());
    }
    if (![`token ${this.token}`, `bearer ${this.token}`].includes(request.headers.authorization ?? '')) {
      asked.points = 0;
      return send(response, { status: 401, body: { message: 'Bad credentials' } }, {});
    }
    this.#beginPeriod();
    if (this.remaining < asked.points) {
      asked.points = 0;
      const message = `API rate limit exceeded for user ID 1. ${this.limitType}`;
      return send(response, { body: { errors: [{ type: this.limitType, message }] } }, this.#limitHeaders());
    }
    this.remaining -= asked.points;
    const result = JSON.parse(JSON.stringify(await executeQuery(document, variables, this.#root(asked.points))));
    fault?.change?.(result);
    send(response, { body: result }, this.#limitHeaders());
  }

  /** @param {import('node:http').IncomingMessage} request @param {import('node:http').ServerResponse} response @param {URL} url */
  async #answerGit(request, response, url) {
    const expected = `Basic ${Buffer.from(`x-access-token:${this.token}`).toString('base64')}`;
    const authorized = request.headers.authorization === expected;
    /** @type {GitRequest} */
    const asked = { kind: 'git', path: url.pathname, authorized, at: Date.now() };
    this.requests.push(asked);
    const fault = this.#faultFor(asked);
    if (fault?.delayMs !== undefined) await sleep(fault.delayMs);
    if (fault !== undefined && ('body' in fault || 'status' in fault || 'wire' in fault))
      return send(response, fault, {});
    const [, owner, file = ''] = url.pathname.split('/');
    const repository = this.repositories.find((one) => one.owner === owner && `${one.name}.git` === file);
    if (!authorized) {
      response.writeHead(401, { 'www-authenticate': 'Basic realm="GitHub"' }).end();
    } else if (repository === undefined) {
      response.writeHead(404).end('Repository not found.');
    } else {
      // A renamed repository keeps its folder.
      const pathInfo = url.pathname.slice(`/${owner}/${file}`.length);
      serveGit(request, response, { root: repository.git.folder, pathInfo, query: url.search.slice(1) });
    }
  }

  /** @param {DoubleRequest} request */
  #faultFor(request) {
    for (const fault of this.faults) {
      const answer = fault(request);
      if (answer !== undefined) return answer;
    }
    return undefined;
  }

  #beginPeriod() {
    if (Date.now() < this.resetAt) return;
    this.remaining = this.limit;
    this.resetAt = Date.now() + this.periodMs;
  }

  #limitHeaders() {
    return {
      'x-ratelimit-limit': String(this.limit),
      'x-ratelimit-remaining': String(this.remaining),
      'x-ratelimit-reset': String(Math.ceil(this.resetAt / 1000)),
    };
  }

  /** What the schema is executed over. @param {number} cost */
  #root(cost) {
    const { limit, remaining } = this;
    // Cut to seconds, as GitHub's times are; upwards, so that the new period has begun by then.
    const resetAt = `${new Date(Math.ceil(this.resetAt / 1000) * 1000).toISOString().slice(0, 19)}Z`;
    return {
      rateLimit: { limit, cost, remaining, resetAt, used: limit - remaining, nodeCount: 0 },
      viewer: { __typename: 'User', login: this.login, ...this.#ownerFields(this.login) },
      organization: ({ login = '' }) =>
        this.repositories.some(({ owner }) => owner === login)
          ? { __typename: 'Organization', login, ...this.#ownerFields(login) }
          : null,
      node: ({ id = '' }) => {
        const repository = this.repositories.find((one) => one.id === id);
        return repository === undefined ? null : repositoryNode(repository);
      },
    };
  }

  /** @param {string} login */
  #ownerFields(login) {
    return {
      repositories: (
        /** @type {{first: number, after?: string, isFork?: boolean | null}} */ { first, after, isFork },
      ) => {
        const all = this.repositories.filter(
          (one) => one.owner === login && (typeof isFork !== 'boolean' || one.isFork === isFork),
        );
        return page(all, first, after, repositoryNode);
      },
    };
  }
}

/** @param {GithubRepository} repository */
function repositoryNode(repository) {
  const { id, name, owner, isPrivate, isFork, isArchived } = repository;
  return {
    __typename: 'Repository',
    id,
    name,
    owner: { __typename: 'User', login: owner },
    url: `https://github.com/${owner}/${name}`,
    isPrivate,
    isFork,
    isArchived,
    diskUsage: () => repository.diskUsage(),
    languages: async () => {
      const head = repository.git.head();
      const languages = head === null ? [] : await repository.languages(head);
      return { edges: languages.map((language) => ({ size: language.size, node: { name: language.name } })) };
    },
    defaultBranchRef: async () => {
      const head = repository.git.head();
      return head === null ? null : { target: await commitNode(repository, head) };
    },
    object: async (/** @type {{oid: string}} */ { oid }) =>
      repository.history(oid).then(
        (history) => (history.length === 0 ? null : commitNode(repository, oid)),
        () => null,
      ),
  };
}

/** @param {GithubRepository} repository @param {string} oid */
async function commitNode(repository, oid) {
  const history = await repository.history(oid);
  return {
    ...commitFields(history[0]),
    history: (/** @type {{first?: number, after?: string}} */ { first = 0, after }) =>
      page(history, first, after, commitFields),
  };
}

/** @param {import('./github-repository.mjs').HistoryCommit | undefined} commit */
function commitFields(commit) {
  if (commit === undefined) return null;
  const { oid, committedDate, authoredDate, additions, deletions, email, parents } = commit;
  // Addresses of one domain belong to accounts.
  const user = email.endsWith('@account.example') ? { __typename: 'User', id: `U_${email.split('@')[0]}` } : null;
  return {
    __typename: 'Commit',
    oid,
    committedDate,
    authoredDate,
    additions,
    deletions,
    author: { email, user },
    parents: { totalCount: parents },
  };
}

/**
 * @template T
 * @param {T[]} items @param {number} first @param {string | undefined | null} after @param {(item: T) => unknown} toNode
 */
function page(items, first, after, toNode) {
  const start = after === undefined || after === null ? 0 : Number(after.replace('cursor:', '')) + 1;
  const end = Math.min(start + first, items.length);
  return {
    totalCount: items.length,
    pageInfo: { hasNextPage: end < items.length, endCursor: end > start ? `cursor:${end - 1}` : null },
    nodes: items.slice(start, end).map(toNode),
  };
}

/** @param {import('node:http').IncomingMessage} request */
async function bodyOf(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(/** @type {Buffer} */ (chunk));
  return Buffer.concat(chunks).toString();
}

/** @param {import('node:http').ServerResponse} response @param {Answer} answer @param {Record<string, string>} limitHeaders */
function send(response, { status = 200, headers = {}, body, wire }, limitHeaders) {
  if (wire === 'hang') return;
  if (wire === 'reset') return void response.socket?.resetAndDestroy();
  const isText = typeof body === 'string';
  const text = isText ? body : JSON.stringify(body ?? {});
  const type = isText ? 'text/html; charset=utf-8' : 'application/json; charset=utf-8';
  response.writeHead(status, { 'content-type': type, ...limitHeaders, ...headers });
  if (wire === 'truncate') return void response.end(text.slice(0, text.length / 2));
  if (wire === 'endless') {
    const timer = setInterval(() => response.write('x'.repeat(1 << 20)), 1);
    response.once('close', () => clearInterval(timer));
    return;
  }
  response.end(text);
}
