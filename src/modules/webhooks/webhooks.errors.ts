import { ConflictError, InvalidInputError, NotFoundError, type ErrorDetail } from '../../common/errors/domain.error.js';

export class WebhookUrlError extends InvalidInputError {
  constructor(rule: string, field = 'url') {
    const detail: ErrorDetail = { path: field, message: `${field} ${rule}` };
    super(detail.message, [detail], 'WEBHOOK_URL_REFUSED');
  }
}

export class WebhookPayloadTooLargeError extends InvalidInputError {
  constructor(limit: number) {
    super(`A webhook message holds at most ${limit} bytes`, undefined, 'WEBHOOK_PAYLOAD_TOO_LARGE');
  }
}

export class WebhookNotFoundError extends NotFoundError {
  constructor() {
    super('Webhook not found', 'WEBHOOK_NOT_FOUND');
  }
}

export class WebhookDeliveryNotFoundError extends NotFoundError {
  constructor() {
    super('Webhook delivery not found', 'WEBHOOK_DELIVERY_NOT_FOUND');
  }
}

export class TooManyWebhooksError extends ConflictError {
  constructor(limit: number) {
    super(`You have ${limit} webhooks already; delete one first`, 'TOO_MANY_WEBHOOKS');
  }
}

export class WebhookExistsError extends ConflictError {
  constructor() {
    super('You have a webhook with this address already', 'WEBHOOK_EXISTS');
  }
}

export class WebhookDisabledError extends ConflictError {
  constructor() {
    super('This webhook is disabled; enable it first', 'WEBHOOK_DISABLED');
  }
}
