import { ForbiddenError, NotFoundError } from '../../common/errors/domain.error.js';
import { printableKey } from './project-key.js';

// Old clients know these two sentences. Unknown and another's key must read the same.
const notFoundSentence = (projectKey: string): string => `Project with key '${printableKey(projectKey)}' not found`;

/** The key was a parameter or a body field. */
export class ProjectNotFoundForKeyError extends ForbiddenError {
  constructor(projectKey: string) {
    super(notFoundSentence(projectKey), 'PROJECT_NOT_FOUND');
  }
}

export class ProjectInactiveError extends ForbiddenError {
  constructor(projectKey: string) {
    super(`Project '${printableKey(projectKey)}' is not active`, 'PROJECT_INACTIVE');
  }
}

/** The key was part of the path. */
export class ProjectNotFoundError extends NotFoundError {
  constructor(projectKey: string) {
    super(notFoundSentence(projectKey), 'PROJECT_NOT_FOUND');
  }
}
