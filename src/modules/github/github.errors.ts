import { DomainError, NotFoundError } from '../../common/errors/domain.error.js';

/** What the old server answered when it had no token. */
export class GithubNotConfiguredError extends DomainError {
  readonly kind = 'invalid';
  constructor() {
    super('GITHUB_NOT_CONFIGURED', 'GitHub not configured', { explanation: 'Set GITHUB_ACCESS_TOKEN' });
  }
}

export class GithubProjectNotFoundError extends NotFoundError {
  constructor() {
    super('Project not found', 'GITHUB_PROJECT_NOT_FOUND');
  }
}

export class RefreshJobNotFoundError extends NotFoundError {
  constructor() {
    super('Job not found', 'REFRESH_JOB_NOT_FOUND');
  }
}

/**
 * What went wrong between Almanac and GitHub, or within a download. `message` is a sentence of ours that is stored with a
 * job and shown: never GitHub's or git's text, never a secret. What the libraries threw is not kept, since it holds requests.
 */
export abstract class GithubFault extends Error {
  constructor(message: string) {
    super(message);
    this.name = new.target.name;
  }
}

/** No more questions until a time. */
export class RateLimitFault extends GithubFault {
  constructor(
    /** Epoch milliseconds; `null`: GitHub did not say, a minute at least and longer each time. */
    readonly until: number | null,
  ) {
    super('GitHub asks for patience');
  }
}

/** The token is unknown, expired or revoked: nothing works until it is replaced. */
export class TokenFault extends GithubFault {
  constructor() {
    super('GitHub refuses the token (401): set GITHUB_ACCESS_TOKEN to one that is valid');
  }
}

/** GitHub could not answer the question in its time; a smaller one may do. */
export class TooMuchAskedFault extends GithubFault {
  constructor() {
    super('GitHub could not put this answer together in its time');
  }
}

/** GitHub cannot be reached or answers nothing that makes sense: to be tried again later. */
export class UnavailableFault extends GithubFault {}

/** This question will not be answered, now or later; others may be. */
export class RefusedFault extends GithubFault {}

/** The lines of a repository could not be counted. */
export class LineCountFault extends GithubFault {}

/** Nor will they be while its commit and the limits are the same. */
export class TooLargeToCountFault extends LineCountFault {}
