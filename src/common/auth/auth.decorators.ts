import { applyDecorators, createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { ApiExtension } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import type { ApiKeyScope, Grant, Principal, Role } from './principal.js';

export const IS_PUBLIC = 'almanac:public';
export const OPEN_MODE = 'almanac:open-mode';
export const REQUIRED_SCOPE = 'almanac:scope';
export const REQUIRED_ROLE = 'almanac:role';
export const REQUIRED_GRANT = 'almanac:grant';
export const SESSION_ONLY = 'almanac:session-only';

/** Marks a public operation in the OpenAPI document while it is built; removed before it is shown. */
export const PUBLIC_EXTENSION = 'x-public';

/** The route answers without credentials. Everything else is closed by the global guard. */
export const Public = () => applyDecorators(SetMetadata(IS_PUBLIC, true), ApiExtension(PUBLIC_EXTENSION, true));

export const IGNORE_CREDENTIALS = 'almanac:ignore-credentials';

/**
 * For public routes that answer everyone alike (probes, login, what a project key opens): credentials are not even
 * looked at. A probe then needs no store, and a mobile client with a stale token does not send its oldest batch for ever.
 */
export const IgnoreCredentials = () => SetMetadata(IGNORE_CREDENTIALS, true);

export const IGNORE_BAD_CREDENTIALS = 'almanac:ignore-bad-credentials';

/**
 * For public routes that know their callers but are also opened by a token of another kind (the metrics token):
 * credentials that are not ours count as none instead of 401.
 */
export const IgnoreBadCredentials = () => SetMetadata(IGNORE_BAD_CREDENTIALS, true);

/** Under AUTH_MODE=open the route also serves callers without credentials, as the anonymous user. */
export const OpenModeAllowed = () => SetMetadata(OPEN_MODE, true);

/** API keys need this scope (or `admin`); without the decorator an API key needs `admin`. */
export const RequireScope = (scope: ApiKeyScope) =>
  applyDecorators(SetMetadata(REQUIRED_SCOPE, scope), ApiExtension('x-required-scope', scope));

/** Only callers of this role. */
export const RequireRole = (role: Role) => SetMetadata(REQUIRED_ROLE, role);

/** Only administrators and users to whom an administrator gave this grant. */
export const RequireGrant = (grant: Grant) => SetMetadata(REQUIRED_GRANT, grant);

/** Only a signed-in person: API keys are refused, whatever their scope. */
export const SessionOnly = () => SetMetadata(SESSION_ONLY, true);

/** A request on which the authentication guard has left the caller. */
export interface AuthenticatedRequest extends FastifyRequest {
  principal?: Principal;
}

/** The caller. On `@Public()` routes without credentials it is undefined. */
export const Caller = createParamDecorator((_: unknown, context: ExecutionContext): Principal | undefined => {
  return context.switchToHttp().getRequest<AuthenticatedRequest>().principal;
});
