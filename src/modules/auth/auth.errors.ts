import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
  RateLimitedError,
  UnauthenticatedError,
  UnavailableError,
} from '../../common/errors/domain.error.js';

/** The same for an unknown e-mail, a wrong password and a disabled account. */
export class InvalidCredentialsError extends UnauthenticatedError {
  constructor() {
    super('Invalid credentials', 'INVALID_CREDENTIALS');
  }
}

export class InvalidRefreshTokenError extends UnauthenticatedError {
  constructor() {
    super('Invalid refresh token', 'INVALID_REFRESH_TOKEN');
  }
}

/** 400, as the old server answered. */
export class EmailTakenError extends InvalidInputError {
  constructor() {
    const message = 'User with this email already exists';
    super(message, [{ path: 'email', message }], 'EMAIL_TAKEN');
  }
}

export class WeakPasswordError extends InvalidInputError {
  constructor(path: string, message: string) {
    super(message, [{ path, message }], 'PASSWORD_REFUSED');
  }
}

/** 400, not 401: old clients sign out on every 401. */
export class WrongPasswordError extends InvalidInputError {
  constructor(path: string) {
    const message = 'The password is not right';
    super(message, [{ path, message }], 'WRONG_PASSWORD');
  }
}

export class RegistrationClosedError extends ForbiddenError {
  constructor() {
    super('Registration is closed; ask an administrator for an account', 'REGISTRATION_CLOSED');
  }
}

export class TooManyAttemptsError extends RateLimitedError {
  constructor(retryAfterSeconds: number) {
    super('Too many attempts; try again later', retryAfterSeconds, 'TOO_MANY_ATTEMPTS');
  }
}

export class PasswordHashingBusyError extends UnavailableError {
  constructor() {
    super('Too many people are signing in right now; try again in a moment', 2, 'SIGN_IN_BUSY');
  }
}

export class ApiKeyNotFoundError extends NotFoundError {
  constructor() {
    super('API key not found', 'API_KEY_NOT_FOUND');
  }
}

export class TooManyApiKeysError extends ConflictError {
  constructor(limit: number) {
    super(`An account may have at most ${limit} API keys; delete one first`, 'TOO_MANY_API_KEYS');
  }
}

export class OwnSessionNeededError extends ForbiddenError {
  constructor() {
    super('Sign in with your password to do this', 'SESSION_REQUIRED');
  }
}

export class UserNotFoundError extends NotFoundError {
  constructor() {
    super('User not found', 'USER_NOT_FOUND');
  }
}

export class LastAdminError extends ConflictError {
  constructor() {
    super('This is the last administrator; make another one first', 'LAST_ADMIN');
  }
}

/** The token is good, but was minted elsewhere for a user who never registered here. Not 401: old clients sign out on it. */
export class NoAccountError extends NotFoundError {
  constructor() {
    super('This token was issued elsewhere; its user has no account here', 'NO_ACCOUNT');
  }
}
