import {
  GithubFault,
  RateLimitFault,
  RefusedFault,
  TokenFault,
  TooMuchAskedFault,
  UnavailableFault,
} from '../github.errors.js';
import { MalformedAnswerError } from './github-answers.js';

/** A limit that is said to last longer is asked about again after this. */
const LONGEST_LIMIT_MS = 3_600_000;
const LIMIT_TYPES = ['RATE_LIMITED', 'RATE_LIMIT'];
const TOO_MUCH_TYPES = ['RESOURCE_LIMITS_EXCEEDED', 'MAX_NODE_LIMIT_EXCEEDED'];
const TOO_MUCH_MESSAGE = /something went wrong|timed? ?out|timeout/i;
const SECONDARY_MESSAGE = /secondary rate|abuse detection|exceeded a secondary/i;

type Headers = Record<string, string | number | undefined>;

interface GraphqlError {
  type?: unknown;
  message?: unknown;
  path?: unknown;
}

/** An answer in which some nodes of a list are not as they should be. */
export interface AnswerWithGaps {
  data: unknown;
  /** Their positions. */
  faulty: ReadonlySet<number>;
}

/** Whatever the client threw, in the few terms in which a refresh decides what to do. */
export function toFault(error: unknown, timedOut: boolean, now: number): GithubFault {
  if (error instanceof GithubFault) return error;
  if (timedOut) return new TooMuchAskedFault();
  if (error instanceof MalformedAnswerError)
    return new UnavailableFault('GitHub answered something that makes no sense');
  const { status, response, headers, errors } = partsOf(error);
  if (errors.length > 0) return fromGraphqlErrors(errors, headers, now);
  if (response === undefined) return new UnavailableFault('GitHub cannot be reached');
  return fromStatus(status, headers, messageOf(error), now);
}

/**
 * What GitHub answered beside its errors, where all of them are about single nodes of one list, such as repositories of an
 * organization that this token may not read. Null: they are about more, or GitHub asks for less or for patience.
 */
export function answerWithGaps(error: unknown, now: number): AnswerWithGaps | null {
  const { errors } = partsOf(error);
  const { data } = (error ?? {}) as { data?: unknown };
  if (errors.length === 0 || typeof data !== 'object' || data === null) return null;
  if (!(fromGraphqlErrors(errors, {}, now) instanceof RefusedFault)) return null;
  const positions = errors.map(({ path }) => nodePosition(path));
  return positions.includes(null) ? null : { data, faulty: new Set(positions as number[]) };
}

function nodePosition(path: unknown): number | null {
  if (!Array.isArray(path)) return null;
  const position: unknown = path[path.indexOf('nodes') + 1];
  return path.includes('nodes') && Number.isSafeInteger(position) ? (position as number) : null;
}

function fromGraphqlErrors(errors: GraphqlError[], headers: Headers, now: number): GithubFault {
  const has = (types: string[]) => errors.some(({ type }) => typeof type === 'string' && types.includes(type));
  const says = (pattern: RegExp) => errors.some(({ message }) => typeof message === 'string' && pattern.test(message));
  if (has(LIMIT_TYPES)) return new RateLimitFault(limitEnd(headers, now));
  if (says(SECONDARY_MESSAGE)) return new RateLimitFault(retryAfter(headers, now));
  if (has(TOO_MUCH_TYPES) || says(TOO_MUCH_MESSAGE)) return new TooMuchAskedFault();
  if (has(['NOT_FOUND'])) return new RefusedFault('GitHub does not find it, or does not show it to this token');
  if (has(['FORBIDDEN', 'INSUFFICIENT_SCOPES'])) {
    return new RefusedFault('The token may not read it: it lacks a scope, or the organization has to approve it');
  }
  return new RefusedFault('GitHub refused the question');
}

function fromStatus(status: number, headers: Headers, message: string, now: number): GithubFault {
  if (status === 401) return new TokenFault();
  if (status === 403 || status === 429) {
    if (SECONDARY_MESSAGE.test(message)) return new RateLimitFault(retryAfter(headers, now));
    if (headers['retry-after'] !== undefined || headers['x-ratelimit-remaining'] === '0' || status === 429) {
      return new RateLimitFault(limitEnd(headers, now));
    }
    return new RefusedFault('GitHub refuses this token (403)');
  }
  if (status === 502 || status === 504) return new TooMuchAskedFault();
  if (status >= 500 || status === 408) return new UnavailableFault(`GitHub is out of order (${status})`);
  // A redirect is not followed: the token is for the address that was configured.
  if (status < 400) return new RefusedFault('GitHub answered with a redirect: check GITHUB_API_URL');
  return new RefusedFault(`GitHub refused the question (${status}): check GITHUB_API_URL`);
}

function limitEnd(headers: Headers, now: number): number | null {
  const explicit = retryAfter(headers, now);
  const reset = Number(headers['x-ratelimit-reset']) * 1000;
  if (explicit !== null) return explicit;
  // A second more, since the times are cut to seconds.
  return reset > now - 1000 ? Math.min(reset + 1000, now + LONGEST_LIMIT_MS) : null;
}

/** `null`: nothing is said. */
function retryAfter(headers: Headers, now: number): number | null {
  const seconds = Number(headers['retry-after'] ?? NaN);
  return seconds >= 0 ? now + Math.min(seconds * 1000, LONGEST_LIMIT_MS) : null;
}

/** Of what @octokit/request, @octokit/graphql and the throttling plugin throw. */
function partsOf(error: unknown) {
  const { status, response, headers, errors, data } = (error ?? {}) as Record<string, unknown>;
  const answer = response as { headers?: Headers; data?: unknown } | undefined;
  const body = (data ?? answer?.data) as { errors?: unknown } | undefined;
  const list = errors ?? body?.errors;
  return {
    status: Number(status ?? 0),
    response,
    headers: (headers ?? answer?.headers ?? {}) as Headers,
    errors: (Array.isArray(list) ? list.slice(0, 100) : []).filter(
      (one) => typeof one === 'object' && one !== null,
    ) as GraphqlError[],
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message.slice(0, 10_000) : '';
}
