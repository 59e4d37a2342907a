import { DomainError, UnavailableError } from '../../common/errors/domain.error.js';

/** Production without a key: nothing secret is stored rather than stored in clear. */
export class EncryptionKeyMissingError extends UnavailableError {
  constructor() {
    super(
      'This server cannot keep secrets yet: set ENCRYPTION_KEY to 32 random bytes (openssl rand -base64 32) and start it again',
      60,
      'ENCRYPTION_KEY_MISSING',
    );
  }
}

/** What is stored was changed, moved from another row, or sealed with a key that this server no longer has. */
export class SealedValueError extends DomainError {
  readonly kind = 'internal';
  constructor(reason: 'form' | 'key' | 'content') {
    super('SEALED_VALUE_UNREADABLE', SENTENCES[reason]);
  }
}

const SENTENCES = {
  form: 'A stored secret does not have the form of a sealed value',
  key: 'A stored secret was sealed with a key that is neither ENCRYPTION_KEY nor ENCRYPTION_KEY_PREVIOUS',
  content: 'A stored secret was changed or moved since it was sealed',
};
