import { counter } from '../../common/metrics/metrics.js';

export type AuthAttemptKind = 'register' | 'login' | 'refresh' | 'access_token' | 'api_key' | 'password';
export type AuthAttemptOutcome = 'success' | 'failure' | 'limited' | 'reused';

const attempts = counter({
  name: 'almanac_auth_attempts_total',
  help: 'Attempts to prove who one is, by kind and outcome.',
  labelNames: ['kind', 'outcome'],
});

export function countAuthAttempt(kind: AuthAttemptKind, outcome: AuthAttemptOutcome): void {
  attempts.inc({ kind, outcome });
}
