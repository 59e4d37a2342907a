import { RateLimitFault, RefusedFault, TokenFault, TooMuchAskedFault, UnavailableFault } from '../github.errors.js';
import { MalformedAnswerError } from './github-answers.js';
import { toFault } from './github-faults.js';

const NOW = Date.parse('2026-01-05T10:00:00Z');
const seconds = (later: number) => String(NOW / 1000 + later);

/** As @octokit/request throws it. */
const http = (status: number, message = '', headers: Record<string, string> = {}) =>
  Object.assign(new Error(message), { status, response: { status, headers, data: { message } } });
/** As @octokit/graphql throws it. */
const graphql = (type: string | undefined, message = '', headers: Record<string, string> = {}) =>
  Object.assign(new Error('Request failed'), { headers, errors: [{ type, message }], data: null });
/** As the throttling plugin throws it. */
const throttled = (headers: Record<string, string>) =>
  Object.assign(new Error('GraphQL Rate Limit Exceeded'), {
    response: { headers, data: { errors: [{ type: 'RATE_LIMITED' }] } },
    data: { errors: [{ type: 'RATE_LIMITED' }] },
  });

const SECONDARY = 'You have exceeded a secondary rate limit. Please wait.';

describe('toFault', () => {
  it.each([
    ['RATE_LIMITED by the plugin', throttled({ 'x-ratelimit-reset': seconds(100) }), NOW + 101_000],
    [
      'RATE_LIMIT, which it does not know',
      graphql('RATE_LIMIT', '', { 'x-ratelimit-reset': seconds(100) }),
      NOW + 101_000,
    ],
    ['a limit without an end', graphql('RATE_LIMIT'), null],
    ['a limit that ended long ago', graphql('RATE_LIMIT', '', { 'x-ratelimit-reset': seconds(-900) }), null],
    ['a limit of days', graphql('RATE_LIMIT', '', { 'x-ratelimit-reset': seconds(900_000) }), NOW + 3_600_000],
    [
      'a limit by a 403',
      http(403, 'API rate limit exceeded', { 'x-ratelimit-remaining': '0', 'x-ratelimit-reset': seconds(9) }),
      NOW + 10_000,
    ],
    [
      'a secondary limit with an end',
      http(403, SECONDARY, { 'retry-after': '7', 'x-ratelimit-reset': seconds(900) }),
      NOW + 7000,
    ],
    ['a secondary limit without one', http(403, SECONDARY, { 'x-ratelimit-reset': seconds(900) }), null],
    ['a secondary limit at 200', graphql(undefined, SECONDARY), null],
    ['a 429', http(429, '', { 'retry-after': '7' }), NOW + 7000],
    ['a 429 that says nothing', http(429), null],
  ])('should find the end of %s', (_, error, until) => {
    const fault = toFault(error, false, NOW);
    expect(fault).toBeInstanceOf(RateLimitFault);
    expect((fault as RateLimitFault).until).toBe(until);
  });

  it.each([
    ['a 401', http(401, 'Bad credentials'), TokenFault],
    ['a 502', http(502), TooMuchAskedFault],
    ['a 504', http(504), TooMuchAskedFault],
    ['RESOURCE_LIMITS_EXCEEDED', graphql('RESOURCE_LIMITS_EXCEEDED'), TooMuchAskedFault],
    ['what went wrong', graphql(undefined, 'Something went wrong while executing your query.'), TooMuchAskedFault],
    ['a timeout', graphql(undefined, 'timedout'), TooMuchAskedFault],
    ['NOT_FOUND', graphql('NOT_FOUND'), RefusedFault],
    ['FORBIDDEN', graphql('FORBIDDEN', 'SAML'), RefusedFault],
    ['another error', graphql('STRANGE'), RefusedFault],
    ['a 403', http(403, 'Resource not accessible by personal access token'), RefusedFault],
    ['a 404', http(404), RefusedFault],
    ['a redirect', http(301), RefusedFault],
    ['a 500', http(500), UnavailableFault],
    ['a 503', http(503), UnavailableFault],
    ['no connection', Object.assign(new Error('connect ECONNREFUSED'), { status: 500 }), UnavailableFault],
    ['nonsense', new MalformedAnswerError('x'), UnavailableFault],
    ['something that is no error', 'x', UnavailableFault],
    ['nothing', undefined, UnavailableFault],
  ])('should sort %s', (_, error, kind) => expect(toFault(error, false, NOW)).toBeInstanceOf(kind));

  it('should take our own time limit for too much that was asked', () => {
    expect(toFault(new Error('aborted'), true, NOW)).toBeInstanceOf(TooMuchAskedFault);
  });

  it("should show nothing of GitHub's texts, nor what the libraries threw", () => {
    for (const error of [
      http(403, 'ghp_secret'),
      http(500, 'ghp_secret'),
      graphql('X', 'ghp_secret'),
      new Error('ghp_secret'),
    ]) {
      const fault = toFault(error, false, NOW);
      expect(fault.message).not.toContain('ghp_secret');
      expect(fault.cause).toBeUndefined();
    }
  });
});
