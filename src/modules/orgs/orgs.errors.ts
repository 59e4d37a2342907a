import { ConflictError, ForbiddenError, NotFoundError, UnavailableError } from '../../common/errors/domain.error.js';

/** The same for an organization that does not exist and for one that is not the caller's. */
export class OrgNotFoundError extends NotFoundError {
  constructor() {
    super('Organization not found', 'ORG_NOT_FOUND');
  }
}

export class OrgNameTakenError extends ConflictError {
  constructor() {
    super('An organization of this name exists already', 'ORG_NAME_TAKEN');
  }
}

export class OrgIsErasingError extends UnavailableError {
  constructor() {
    super('An organization of this name is being erased; try again in a while', 30, 'ORG_IS_ERASING');
  }
}

export class OrgRightMissingError extends ForbiddenError {
  constructor(message = 'Only owners of the organization may do this') {
    super(message, 'ORG_RIGHT_MISSING');
  }
}

export class OrgMemberNotFoundError extends NotFoundError {
  constructor(message = 'This e-mail belongs to no member of the organization') {
    super(message, 'ORG_MEMBER_NOT_FOUND');
  }
}

export class LastOwnerError extends ConflictError {
  constructor() {
    super('This is the last owner of the organization; make another one first', 'LAST_OWNER');
  }
}

export class UserNameTakenError extends ConflictError {
  constructor() {
    super('Another member of the organization has this user name already', 'USER_NAME_TAKEN');
  }
}

export class TooManyOrgsError extends ConflictError {
  constructor(limit: number) {
    super(`An account may own at most ${limit} organizations`, 'TOO_MANY_ORGS');
  }
}
