import { hash, parseOptions, verify } from '@node-rs/argon2';
import { verify as verifyBcrypt } from '@node-rs/bcrypt';
import { Injectable } from '@nestjs/common';
import { ConcurrencyLimit } from '../../common/concurrency-limit.js';
import { PasswordHashingBusyError } from './auth.errors.js';

/** OWASP's second recommendation for Argon2id; 9 to 18 ms here. Argon2id and version 19 are the library's defaults. */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };
/** Hashes computed at once: more would keep all of libuv's threads, and 19 MiB each, from everything else. */
const MAX_RUNNING = 4;
/** About half a second of waiting; beyond it the caller is told to come back. */
const MAX_WAITING = 64;
const BCRYPT = /^\$2[aby]\$\d\d\$[./A-Za-z0-9]{53}$/;
/** A cost above this takes a core for seconds: no server of ours made it. */
const MAX_BCRYPT_COST = 15;

/** Whether a stored hash is one that this server can verify at a bearable cost. */
export function isSupportedHash(stored: string): boolean {
  if (BCRYPT.test(stored)) return Number(stored.slice(4, 6)) <= MAX_BCRYPT_COST;
  return stored.startsWith('$argon2id$');
}

/** Hashes and verifies passwords, never more than a few at once. */
@Injectable()
export class PasswordHasher {
  private readonly limit = new ConcurrencyLimit({
    maxRunning: MAX_RUNNING,
    maxWaiting: MAX_WAITING,
    busy: () => new PasswordHashingBusyError(),
  });
  private dummyHash?: Promise<string>;

  /** @throws PasswordHashingBusyError when too many are waiting. */
  hash(password: string): Promise<string> {
    return this.limit.run(() => hash(password, PARAMETERS));
  }

  /**
   * Whether the password belongs to the hash. Without a hash it takes as long and is false, so that the time does
   * not tell whether an account exists.
   * @throws PasswordHashingBusyError when too many are waiting.
   */
  verify(stored: string | null, password: string): Promise<boolean> {
    return this.limit.run(async () => {
      if (stored === null || !isSupportedHash(stored)) {
        await verify(await (this.dummyHash ??= hash('no account', PARAMETERS)), password);
        return false;
      }
      return stored.startsWith('$2') ? verifyBcrypt(password, stored) : verify(stored, password);
    });
  }

  /** Whether a hash that has just been verified is weaker than what is made now. */
  needsRehash(stored: string): boolean {
    if (stored.startsWith('$2')) return true;
    const { memoryCost, timeCost } = parseOptions(stored);
    return memoryCost < PARAMETERS.memoryCost || timeCost < PARAMETERS.timeCost;
  }
}
