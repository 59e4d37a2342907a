import { Injectable, SetMetadata, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { UnavailableError } from '../errors/domain.error.js';
import { ServerState } from './server-state.js';

const ALWAYS_SERVED = 'almanac:always-served';

/** The route answers before the stores are ready: probes and the list of the API. */
export const AlwaysServed = () => SetMetadata(ALWAYS_SERVED, true);

/** Until stores are connected and migrated every other route answers 503, not errors of half-made tables. */
@Injectable()
export class StartupGuard implements CanActivate {
  constructor(
    private readonly state: ServerState,
    private readonly reflector: Reflector,
  ) {}

  canActivate(context: ExecutionContext): boolean {
    if (this.state.current !== 'starting') return true;
    if (this.reflector.getAllAndOverride<boolean>(ALWAYS_SERVED, [context.getHandler(), context.getClass()]))
      return true;
    throw new UnavailableError('Almanac is starting; try again in a moment', 1, 'STARTING');
  }
}
