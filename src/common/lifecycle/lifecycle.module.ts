import { Global, Module } from '@nestjs/common';
import { ServerState } from './server-state.js';
import { StartupGuard } from './startup.guard.js';

@Global()
@Module({ providers: [ServerState, StartupGuard], exports: [ServerState, StartupGuard] })
export class LifecycleModule {}
