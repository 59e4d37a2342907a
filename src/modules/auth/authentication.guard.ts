import { Inject, Injectable, Logger, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import {
  IGNORE_BAD_CREDENTIALS,
  IGNORE_CREDENTIALS,
  IS_PUBLIC,
  OPEN_MODE,
  REQUIRED_GRANT,
  REQUIRED_ROLE,
  REQUIRED_SCOPE,
  SESSION_ONLY,
  type AuthenticatedRequest,
} from '../../common/auth/auth.decorators.js';
import { ANONYMOUS_USER_ID, type ApiKeyScope, type Grant, type Role } from '../../common/auth/principal.js';
import { ForbiddenError, UnauthenticatedError } from '../../common/errors/domain.error.js';
import { AUTH_CONFIG, type AuthConfig } from '../../config/app.config.js';
import { ACCESS_TOKEN_STRATEGY } from './access-token.strategy.js';
import { refusal } from './access-rules.js';
import { API_KEY_STRATEGY } from './api-key.strategy.js';
import { readCredential } from './credentials.js';

/** Passport's property on the request, read by `@Caller()`. */
const PROPERTY = 'principal' satisfies keyof AuthenticatedRequest;

/**
 * Stands before every route: closed unless a decorator opens it. Finds out who is calling (passport's strategies),
 * then whether that caller may do this. Credentials that are sent must be good, even where none are needed.
 */
@Injectable()
export class AuthenticationGuard extends AuthGuard([ACCESS_TOKEN_STRATEGY, API_KEY_STRATEGY]) {
  private readonly logger = new Logger(AuthenticationGuard.name);

  constructor(
    private readonly reflector: Reflector,
    @Inject(AUTH_CONFIG) private readonly config: AuthConfig,
  ) {
    super();
  }

  override async canActivate(context: ExecutionContext): Promise<boolean> {
    if (this.read<boolean>(IS_PUBLIC, context) && this.read<boolean>(IGNORE_CREDENTIALS, context)) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (await this.isIdentified(context, request)) {
      this.assertMayUse(context, request);
      return true;
    }
    if (this.openMode && this.read<boolean>(OPEN_MODE, context)) {
      request.principal = { kind: 'anonymous', userId: ANONYMOUS_USER_ID, email: '', role: 'user', grants: [] };
      return true;
    }
    if (this.read<boolean>(IS_PUBLIC, context)) return true;
    throw new UnauthenticatedError();
  }

  override getAuthenticateOptions() {
    return { property: PROPERTY, session: false };
  }

  override handleRequest<T>(error: unknown, principal: T | false | null | undefined): T {
    // Not a verdict on the credentials: a store is down, for example.
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- passed on as it came
    if (error !== null && error !== undefined) throw error;
    if (!principal) throw new UnauthenticatedError();
    return principal;
  }

  /** False: no credentials. @throws UnauthenticatedError for bad ones, unless the route ignores those. */
  private async isIdentified(context: ExecutionContext, request: AuthenticatedRequest): Promise<boolean> {
    const credential = readCredential(request.headers);
    if (credential === null) return false;
    try {
      if (credential.kind === 'unusable') throw new UnauthenticatedError();
      await super.canActivate(context);
      return true;
    } catch (error) {
      if (error instanceof UnauthenticatedError && this.read<boolean>(IGNORE_BAD_CREDENTIALS, context)) return false;
      throw error;
    }
  }

  private assertMayUse(context: ExecutionContext, request: AuthenticatedRequest): void {
    const caller = request.principal!;
    const isPublic = this.read<boolean>(IS_PUBLIC, context) ?? false;
    const scope = this.read<ApiKeyScope>(REQUIRED_SCOPE, context);
    // A key may use what everybody may use; a scope there concerns what the route adds for its user.
    if (isPublic && scope === undefined) return;
    const rules = {
      openModeAllowed: this.read<boolean>(OPEN_MODE, context) ?? false,
      scope,
      role: this.read<Role>(REQUIRED_ROLE, context),
      grant: this.read<Grant>(REQUIRED_GRANT, context),
      sessionOnly: this.read<boolean>(SESSION_ONLY, context) ?? false,
    };
    const reason = refusal(rules, caller, this.openMode);
    if (reason === null) return;
    if (isPublic) {
      // A key without the scope gets what callers without any key get.
      request.principal = undefined;
      return;
    }
    this.logger.warn(
      `Refused ${caller.kind} of user ${caller.userId}: ${context.getClass().name}.${context.getHandler().name}`,
    );
    throw new ForbiddenError(reason);
  }

  private get openMode(): boolean {
    return this.config.mode === 'open';
  }

  private read<T>(key: string, context: ExecutionContext): T | undefined {
    return this.reflector.getAllAndOverride<T | undefined>(key, [context.getHandler(), context.getClass()]);
  }
}
