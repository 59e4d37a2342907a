// @ts-check
// What GitHub is known to do when it does not answer.

/** @typedef {import('./github-double.mjs').Fault} Fault */
/** @typedef {import('./github-double.mjs').DoubleRequest} DoubleRequest */
/** @typedef {import('./github-double.mjs').Answer} Answer */

/** @param {DoubleRequest} request @param {string} [operation] */
const isQuestion = (request, operation) =>
  request.kind === 'graphql' && (operation === undefined || request.operation === operation);

/**
 * Gives the answer to the first questions that fit.
 * @param {number} times @param {Answer} answer @param {{operation?: string, after?: number}} [options] `after`: so many are let through first
 * @returns {Fault}
 */
export function answers(times, answer, { operation, after = 0 } = {}) {
  let seen = 0;
  return (request) => {
    if (!isQuestion(request, operation)) return undefined;
    seen += 1;
    return seen > after && seen <= after + times ? answer : undefined;
  };
}

/**
 * The points are used up, from one question on, until a time after it.
 * @param {'RATE_LIMITED' | 'RATE_LIMIT'} type @param {number} forMs at least @param {number} after so many are answered first
 */
export function rateLimited(type, forMs, after) {
  let resetAt = 0;
  let seen = 0;
  /** @type {Fault} */
  const fault = (request) => {
    if (!isQuestion(request) || seen++ !== after) return undefined;
    resetAt = Math.ceil((Date.now() + forMs) / 1000) * 1000;
    return {
      headers: { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': String(resetAt / 1000) },
      body: { errors: [{ type, message: 'API rate limit exceeded for user ID 1.' }] },
    };
  };
  return { fault, resetAt: () => resetAt };
}

/** @param {number | undefined} retryAfter seconds @param {{times?: number, status?: number, after?: number}} [options] */
export const secondaryLimit = (retryAfter, { times = 1, status = 403, after } = {}) =>
  answers(
    times,
    {
      status,
      headers: retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) },
      body: { message: 'You have exceeded a secondary rate limit. Please wait a few minutes before you try again.' },
    },
    { after },
  );

/**
 * Pages larger than this are too much. `how`: as a gateway's 502, as an error at 200 with nulls, or as a timeout.
 * @param {number} size @param {'502' | 'nulls' | 'wrong'} how @param {{repositoryId?: string, onlyWithChurn?: boolean}} [options]
 * @returns {Fault}
 */
export function pagesUpTo(size, how, { repositoryId, onlyWithChurn = false } = {}) {
  return (request) => {
    if (request.kind !== 'graphql' || request.operation !== 'History' || request.variables.first <= size)
      return undefined;
    if (repositoryId !== undefined && request.variables.id !== repositoryId) return undefined;
    if (onlyWithChurn && request.variables.withChurn !== true) return undefined;
    if (how === '502') return { status: 502, body: '<html><title>502 Bad Gateway</title></html>' };
    if (how === 'wrong') {
      return {
        body: { data: null, errors: [{ message: 'Something went wrong while executing your query on 2026-01-05.' }] },
      };
    }
    const nodes = [null, null];
    const history = { totalCount: 2, pageInfo: { hasNextPage: false, endCursor: null }, nodes };
    return {
      body: {
        data: { rateLimit: null, node: { object: { history } } },
        errors: [{ type: 'RESOURCE_LIMITS_EXCEEDED', message: 'Resource limits for this query exceeded.' }],
      },
    };
  };
}

/**
 * A page of the list that has this repository in it, with all its details, is too much, however small.
 * @param {number} position among those of its owner @returns {Fault}
 */
export const unlistable = (position) => (request) => {
  if (request.kind !== 'graphql' || !request.operation.endsWith('Repositories')) return undefined;
  const { first, after, withDetails } = request.variables;
  const start = typeof after === 'string' ? Number(after.replace('cursor:', '')) + 1 : 0;
  const isAsked = withDetails === true && position >= start && position < start + first;
  return isAsked ? { status: 502, body: '<html><title>502 Bad Gateway</title></html>' } : undefined;
};

/** The token is refused from one question on. @param {number} after @returns {Fault} */
export const revokedAfter = (after) =>
  answers(Infinity, { status: 401, body: { message: 'Bad credentials' } }, { after });

/** @param {string} repositoryId @param {Answer} answer @returns {Fault} */
export const brokenRepository = (repositoryId, answer) => (request) =>
  request.kind === 'graphql' && request.operation === 'History' && request.variables.id === repositoryId
    ? answer
    : undefined;

/** @param {Answer} answer @param {string} [path] @returns {Fault} */
export const gitAnswers = (answer, path) => (request) =>
  request.kind === 'git' && (path === undefined || request.path.includes(path)) ? answer : undefined;
