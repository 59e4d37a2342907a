export type Role = 'admin' | 'user';
export type Grant = 'github' | 'whoop';
export type ApiKeyScope = 'ingest' | 'read' | 'admin';

/** Who is calling, as the authentication guard established it. */
export interface Principal {
  /** `session`: an access token; `apiKey`: a key acting for its maker; `anonymous`: AUTH_MODE=open. */
  kind: 'session' | 'apiKey' | 'anonymous';
  userId: string;
  email: string;
  role: Role;
  grants: readonly Grant[];
  /** From the account's settings: the default of bucketed reports where a project has none of its own. */
  timezone?: string;
  /** ISO weekday, 1 = Monday. */
  weekStart?: number;
  /** Only for `apiKey`: what the key may do. A session may do all that its user may. */
  scopes?: readonly ApiKeyScope[];
  /** Only for `session`: id and expiry (epoch seconds) of the access token, for logout. */
  tokenId?: string;
  tokenExpiresAt?: number;
  /** Only for `session`: the refresh-token family this access token came from, when it is ours. */
  sessionId?: string;
}

/** The built-in owner of what anonymous callers create under AUTH_MODE=open. */
export const ANONYMOUS_USER_ID = 'anonymous';

export function isAdmin(principal: Principal): boolean {
  return principal.role === 'admin' && (principal.kind !== 'apiKey' || (principal.scopes ?? []).includes('admin'));
}
