import { isAdmin, type ApiKeyScope, type Grant, type Principal, type Role } from '../../common/auth/principal.js';

/** What a route demands, as its decorators say. */
export interface RouteRules {
  openModeAllowed: boolean;
  scope?: ApiKeyScope;
  role?: Role;
  grant?: Grant;
  sessionOnly: boolean;
}

/**
 * Why this caller may not use the route, or null when it may. Under AUTH_MODE=open a route that serves callers
 * without an account asks nobody for a role.
 */
export function refusal(rules: RouteRules, caller: Principal, openMode: boolean): string | null {
  if (caller.kind === 'apiKey') {
    if (rules.sessionOnly) return 'API keys may not do this; sign in instead';
    const needed = rules.scope ?? 'admin';
    const scopes = caller.scopes ?? [];
    if (!scopes.includes(needed) && !scopes.includes('admin')) return `This API key lacks the scope '${needed}'`;
  }
  if (openMode && rules.openModeAllowed) return null;
  if (caller.kind === 'anonymous') return 'Sign in to do this';
  if (rules.role === 'admin' && !isAdmin(caller)) return 'Only an administrator may do this';
  // A key acts for its user, whom an administrator's role opens what grants open, as far as the key's scope goes.
  if (rules.grant !== undefined && caller.role !== 'admin' && !caller.grants.includes(rules.grant)) {
    return `Only users whom an administrator granted '${rules.grant}' may do this`;
  }
  return null;
}
