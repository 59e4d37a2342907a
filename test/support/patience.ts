/**
 * Limits for tests that are about something else: the server's own, of a second or so, would make each of them fail on a
 * machine that stalls that long.
 */
export const PATIENT = {
  SQL_CONNECT_TIMEOUT_MS: '15000',
  SQL_QUERY_TIMEOUT_MS: '20000',
  MONGO_CONNECT_TIMEOUT_MS: '15000',
  MONGO_SERVER_SELECTION_TIMEOUT_MS: '15000',
};

/** The server's own, for tests of what it does when a store does not answer. */
export const IMPATIENT = Object.fromEntries(Object.keys(PATIENT).map((name) => [name, '']));

export const PATIENT_SQL = { connectTimeoutMs: 15_000, queryTimeoutMs: 20_000 };
export const PATIENT_MONGO = { connectTimeoutMs: 15_000, serverSelectionTimeoutMs: 15_000 };
