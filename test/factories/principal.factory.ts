import { ANONYMOUS_USER_ID, type Principal } from '../../src/common/auth/principal.js';

export function principal(changes: Partial<Principal> = {}): Principal {
  return { kind: 'session', userId: 'ann', email: 'ann@example.org', role: 'user', grants: [], ...changes };
}

export const anonymous = (): Principal => principal({ kind: 'anonymous', userId: ANONYMOUS_USER_ID, email: '' });
