import { ConflictError, DomainError, NotFoundError, RateLimitedError } from '../../../../common/errors/domain.error.js';

/** Old clients know this sentence. */
export class ReportTaskNotFoundError extends NotFoundError {
  constructor() {
    super('task not found', 'REPORT_TASK_NOT_FOUND');
  }
}

export class ReportTaskEndedError extends ConflictError {
  constructor() {
    super('The task has ended already', 'REPORT_TASK_ENDED');
  }
}

export class ReportNotReadyError extends ConflictError {
  constructor() {
    super('The task has no report: it has not ended yet, or it failed', 'REPORT_NOT_READY');
  }
}

export class TooManyReportTasksError extends RateLimitedError {
  constructor(limit: number) {
    super(`You have ${limit} reports waiting or running already; wait until one is done`, 10, 'TOO_MANY_REPORT_TASKS');
  }
}

export class TooManyOwnEventStreamsError extends RateLimitedError {
  constructor(limit: number) {
    super(
      `You listen to ${limit} streams of events already; close one, or ask for the status`,
      5,
      'TOO_MANY_OWN_EVENT_STREAMS',
    );
  }
}

export class IdempotencyKeyReusedError extends DomainError {
  readonly kind = 'unprocessable';
  constructor() {
    super('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was used for another request; choose a new one');
  }
}
