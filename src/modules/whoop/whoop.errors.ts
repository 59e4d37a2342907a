import {
  DomainError,
  InvalidInputError,
  NotFoundError,
  RateLimitedError,
  UnavailableError,
} from '../../common/errors/domain.error.js';

const SETUP_URL = '/api/whoop/auth/authorize-url';

/** Neither linked nor able to link: what to do about it stands in `details` and `setup_url`. */
export class WhoopNotConfiguredError extends DomainError {
  readonly kind = 'invalid';
  readonly setupUrl = SETUP_URL;
  constructor(missing: 'credentials' | 'link' = 'link') {
    super('WHOOP_NOT_CONFIGURED', 'Whoop API not configured', {
      explanation:
        missing === 'credentials'
          ? 'Set WHOOP_CLIENT_ID and WHOOP_CLIENT_SECRET of your app in the WHOOP developer dashboard'
          : `Link a WHOOP account: open ${SETUP_URL} as administrator and follow its steps`,
    });
  }
}

export class NoWhoopProfileError extends InvalidInputError {
  constructor() {
    super('Whoop API not configured and no cached profile', undefined, 'WHOOP_NO_PROFILE');
  }
}

/** WHOOP refuses the grant: only its member can mend this. A 401 of theirs, so it carries no `WWW-Authenticate`. */
export class WhoopAuthenticationError extends DomainError {
  readonly kind = 'unauthenticated';
  constructor(explanation: string, code = 'WHOOP_AUTHENTICATION_FAILED') {
    super(code, 'Authentication failed', { explanation });
  }
}

export class WhoopReauthorisationError extends WhoopAuthenticationError {
  constructor() {
    super(`WHOOP no longer accepts the stored tokens. Link again: ${SETUP_URL}`, 'WHOOP_REAUTHORISATION_NEEDED');
  }
}

/** WHOOP refuses id and secret of the app. */
export class WhoopClientRefusedError extends WhoopAuthenticationError {
  constructor() {
    super('WHOOP refused WHOOP_CLIENT_ID and WHOOP_CLIENT_SECRET', 'WHOOP_CLIENT_REFUSED');
  }
}

/** WHOOP did not answer, or not with what it should. */
export class WhoopUnavailableError extends UnavailableError {
  constructor(reason: string, retryAfterSeconds = 30, code = 'WHOOP_UNAVAILABLE') {
    super(reason, retryAfterSeconds, code);
  }
}

export class WhoopRateLimitError extends RateLimitedError {
  /** @param retryAt epoch milliseconds */
  constructor(
    readonly retryAt: number,
    now: number,
  ) {
    super(
      "WHOOP's limit of requests is used up; what is stored is still served",
      Math.max(1, Math.ceil((retryAt - now) / 1000)),
      'WHOOP_RATE_LIMITED',
    );
  }
}

/** There is no such thing at WHOOP, or not yet. */
export class WhoopNotFoundError extends NotFoundError {
  constructor() {
    super('WHOOP has no such record', 'WHOOP_NOT_FOUND');
  }
}

/** WHOOP understood and declines: a mistake in the request, or a membership that is not active. */
export class WhoopRefusedError extends DomainError {
  readonly kind = 'unprocessable';
  constructor(readonly status: number) {
    super('WHOOP_REFUSED', `WHOOP refused the request (status ${status})`);
  }
}

export class NoWhoopDataError extends NotFoundError {
  constructor(what: 'recovery' | 'sleep') {
    super(`No ${what} data found`, 'WHOOP_NO_DATA');
  }
}

export class WhoopLinkError extends InvalidInputError {
  constructor(message: string, code = 'WHOOP_LINK_FAILED') {
    super(message, undefined, code);
  }
}

export class WhoopSyncPendingError extends UnavailableError {
  constructor() {
    super('The sync goes on in the background; see /api/whoop/sync/status', 30, 'WHOOP_SYNC_PENDING');
  }
}
