import { parseInstant } from '../../../common/time/instant.js';
import type { LanguageBytes } from '../lines/estimate-lines.js';

/** What is left of the hour's points. */
export interface RateState {
  limit: number;
  remaining: number;
  /** Epoch milliseconds. */
  resetAt: number;
  /** Of the question that told this. */
  cost: number;
}

export interface RepositoryHead {
  oid: string;
  /** Epoch milliseconds. */
  committedAt: number;
  commitCount: number;
}

export interface ListedRepository {
  /** Stays when the repository is renamed or moved. */
  id: string;
  owner: string;
  name: string;
  url: string;
  isPrivate: boolean;
  sizeKb: number;
  /** The largest first. */
  languages: LanguageBytes[];
  /** Of the default branch; `null` for an empty repository. */
  head: RepositoryHead | null;
}

/** A repository that is there, and of which GitHub tells nothing but its name. */
export type NamedRepository = Pick<ListedRepository, 'id' | 'owner' | 'name'>;

export interface RepositoryPage {
  /** `null`: no limit, as a GitHub Enterprise Server has it by default. */
  rate: RateState | null;
  /** Login of the user or the organization that was asked about. */
  owner: string;
  repositories: ListedRepository[];
  named: NamedRepository[];
  /** Repositories of the page of which not even the name is known. */
  missing: number;
  nextCursor: string | null;
}

export interface ListedCommit {
  oid: string;
  /** Epoch milliseconds. */
  committedAt: number;
  authoredAt: number;
  /** Who: an account of GitHub, else an e-mail address in lower case. */
  author: string;
  isMerge: boolean;
  /** `null` where they were not asked for. */
  additions: number | null;
  deletions: number | null;
}

export interface HistoryPage {
  rate: RateState | null;
  /** Commits that can be reached from the one asked about, itself included. */
  commitCount: number;
  commits: ListedCommit[];
  nextCursor: string | null;
}

/** The answer does not have the form that GitHub's schema promises. */
export class MalformedAnswerError extends Error {}

const MAX_TEXT = 300;
const OBJECT_ID = /^[0-9a-f]{40}$/;
/** Nothing but dots would be a way out of a path. */
const NAME = /^(?!\.+$)[\w.-]{1,100}$/;

/** `null`: there is no such organization. @param faulty positions of nodes of which GitHub could not tell everything */
export function readRepositoryPage(data: unknown, faulty: ReadonlySet<number> = new Set()): RepositoryPage | null {
  const answer = object(data);
  if (answer.owner === null) return null;
  const owner = object(answer.owner);
  const page = object(owner.repositories);
  const nodes = array(page.nodes);
  const repositories: ListedRepository[] = [];
  const named: NamedRepository[] = [];
  // One that makes no sense, or that GitHub leaves out, does not spoil the others.
  for (const [position, node] of nodes.entries()) {
    const repository = faulty.has(position) ? null : tryToRead(node, readRepository);
    const names = repository ?? tryToRead(node, readNames);
    if (repository !== null) repositories.push(repository);
    else if (names !== null) named.push(names);
  }
  return {
    rate: readRate(answer.rateLimit),
    owner: text(owner.login),
    repositories,
    named,
    missing: nodes.length - repositories.length - named.length,
    nextCursor: readNextCursor(page.pageInfo),
  };
}

/** `null`: the repository or the commit is gone. */
export function readHistoryPage(data: unknown): HistoryPage | null {
  const answer = object(data);
  if (answer.node === null) return null;
  const target = object(answer.node).object;
  if (target === null) return null;
  const history = object(object(target).history);
  return {
    rate: readRate(answer.rateLimit),
    commitCount: count(history.totalCount),
    commits: array(history.nodes).map((node) => readCommit(object(node))),
    nextCursor: readNextCursor(history.pageInfo),
  };
}

export function readRate(value: unknown): RateState | null {
  if (value === null) return null;
  const rate = object(value);
  return {
    limit: count(rate.limit),
    remaining: count(rate.remaining),
    resetAt: instant(rate.resetAt),
    cost: count(rate.cost),
  };
}

function tryToRead<T>(node: unknown, read: (node: Record<string, unknown>) => T): T | null {
  try {
    return node === null ? null : read(object(node));
  } catch (error) {
    if (error instanceof MalformedAnswerError) return null;
    throw error;
  }
}

function readNames(node: Record<string, unknown>): NamedRepository {
  const name = text(node.name);
  const owner = text(object(node.owner).login);
  // They become parts of addresses.
  if (!NAME.test(name) || !NAME.test(owner)) throw new MalformedAnswerError('name');
  return { id: text(node.id), owner, name };
}

function readRepository(node: Record<string, unknown>): ListedRepository {
  return {
    ...readNames(node),
    url: text(node.url),
    isPrivate: node.isPrivate === true,
    sizeKb: node.diskUsage === null ? 0 : count(node.diskUsage),
    languages:
      node.languages === null ? [] : array(object(node.languages).edges).map((edge) => readLanguage(object(edge))),
    head: node.defaultBranchRef === null ? null : readHead(object(node.defaultBranchRef).target),
  };
}

function readLanguage(edge: Record<string, unknown>): LanguageBytes {
  return { name: text(object(edge.node).name), bytes: count(edge.size) };
}

/** A default branch that points to something else than a commit has no history either. */
function readHead(value: unknown): RepositoryHead | null {
  if (value === null) return null;
  const target = object(value);
  if (target.history === undefined) return null;
  return {
    oid: objectId(target.oid),
    committedAt: instant(target.committedDate),
    commitCount: count(object(target.history).totalCount),
  };
}

function readCommit(node: Record<string, unknown>): ListedCommit {
  return {
    oid: objectId(node.oid),
    committedAt: instant(node.committedDate),
    authoredAt: instant(node.authoredDate),
    author: readAuthor(node.author),
    isMerge: count(object(node.parents).totalCount) > 1,
    additions: node.additions === undefined ? null : count(node.additions),
    deletions: node.deletions === undefined ? null : count(node.deletions),
  };
}

function readAuthor(value: unknown): string {
  if (value === null) return '';
  const { user, email } = object(value);
  if (user !== null && user !== undefined) return `user:${text(object(user).id)}`;
  return email === null ? '' : text(email).toLowerCase();
}

function readNextCursor(value: unknown): string | null {
  const { hasNextPage, endCursor } = object(value);
  return hasNextPage === true ? text(endCursor) : null;
}

function object(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new MalformedAnswerError('object');
  return value as Record<string, unknown>;
}

function array(value: unknown): unknown[] {
  if (!Array.isArray(value)) throw new MalformedAnswerError('list');
  return value;
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new MalformedAnswerError('text');
  // PostgreSQL takes no NUL, and the way through bytes mends halves of characters.
  return Buffer.from(value.slice(0, MAX_TEXT).replaceAll('\0', '\ufffd')).toString();
}

function objectId(value: unknown): string {
  if (typeof value !== 'string' || !OBJECT_ID.test(value)) throw new MalformedAnswerError('object id');
  return value;
}

function count(value: unknown): number {
  if (!Number.isSafeInteger(value) || (value as number) < 0) throw new MalformedAnswerError('number');
  return value as number;
}

function instant(value: unknown): number {
  const time = typeof value === 'string' ? parseInstant(value) : null;
  if (time === null) throw new MalformedAnswerError('time');
  return time;
}
