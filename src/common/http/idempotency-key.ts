import { InvalidInputError } from '../errors/domain.error.js';

/** For so long an `Idempotency-Key` is remembered. */
export const IDEMPOTENCY_KEY_KEPT_MS = 24 * 3_600_000;

const KEY = /^[\x20-\x7e]{1,255}$/;

export class IdempotencyKeyError extends InvalidInputError {
  constructor() {
    const message = 'Idempotency-Key must be 1 to 255 printable ASCII characters';
    super(message, [{ path: 'Idempotency-Key', message }], 'IDEMPOTENCY_KEY_INVALID');
  }
}

/** @throws IdempotencyKeyError */
export function assertIdempotencyKey(key: string): void {
  if (!KEY.test(key)) throw new IdempotencyKeyError();
}

/** Of the header by which a client says what it sends again, for the document. */
export const IDEMPOTENCY_KEY_HEADER = {
  name: 'Idempotency-Key',
  required: false,
  description: '1 to 255 characters. The same request with the same key within 24 h is carried out once.',
  schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[ -~]+$', example: 'nightly-2025-11-19' },
} as const;

/** Of the header of a repeated answer, for the document. */
export const IDEMPOTENCY_REPLAYED_HEADERS = {
  'Idempotency-Replayed': {
    description: '`true`: the `Idempotency-Key` was seen before, and this is the answer of then.',
    schema: { type: 'string' as const, enum: ['true'] },
  },
};
