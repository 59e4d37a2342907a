const MINUTE_MS = 60_000;

/** Failures of one account from one address. */
export const PAIR_LIMIT = 10;
/** Failures from one address over all accounts: an office behind one address must still get in. */
export const ADDRESS_LIMIT = 300;
/** Consecutive failures of one account from all addresses (NIST SP 800-63B, 5.2.2). */
export const ACCOUNT_LIMIT = 100;
/** Accounts that one address may try to create. */
export const REGISTER_LIMIT = 100;
/** Tries to register one e-mail from all addresses, since the answer tells whether it is taken. */
export const REGISTER_EMAIL_LIMIT = 10;

export const WINDOW_MS = 15 * MINUTE_MS;
export const ACCOUNT_MEMORY_MS = 30 * 24 * 60 * MINUTE_MS;

const FIRST_PAUSE_MS = MINUTE_MS;
const LONGEST_PAUSE_MS = 60 * MINUTE_MS;

/**
 * The pause between two tries of an account under attack: one minute at the hundredth failure, doubling up to an
 * hour. Addresses from which the account's owner has signed in lately do not wait, so nobody can lock the owner out
 * by guessing from elsewhere.
 */
export function pauseMs(failures: number): number {
  const doublings = Math.min(Math.max(failures - ACCOUNT_LIMIT, 0), 30);
  return Math.min(FIRST_PAUSE_MS * 2 ** doublings, LONGEST_PAUSE_MS);
}

/** Whole seconds from now until then, at least one. */
export function secondsUntil(then: number, now: number): number {
  return Math.max(1, Math.ceil((then - now) / 1000));
}
