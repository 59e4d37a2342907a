import { createHash, timingSafeEqual } from 'node:crypto';
import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import type { AuthenticatedRequest } from '../../common/auth/auth.decorators.js';
import { isAdmin } from '../../common/auth/principal.js';
import { ForbiddenError, UnauthenticatedError } from '../../common/errors/domain.error.js';
import { METRICS_CONFIG, type MetricsConfig } from '../../config/app.config.js';

/** With METRICS_TOKEN only its bearer; without, everyone in development and administrators in production. */
@Injectable()
export class MetricsAccessGuard implements CanActivate {
  constructor(@Inject(METRICS_CONFIG) private readonly config: MetricsConfig) {}

  canActivate(context: ExecutionContext): boolean {
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    if (this.isAllowed(request)) return true;
    if (request.principal !== undefined) throw new ForbiddenError('Only an administrator may read the metrics');
    throw new UnauthenticatedError();
  }

  private isAllowed(request: AuthenticatedRequest): boolean {
    if (this.config.token !== undefined) {
      const given = /^Bearer (.+)$/i.exec(request.headers.authorization ?? '')?.[1];
      return given !== undefined && timingSafeEqual(digest(given), digest(this.config.token));
    }
    if (this.config.environment !== 'production') return true;
    return request.principal !== undefined && isAdmin(request.principal);
  }
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
