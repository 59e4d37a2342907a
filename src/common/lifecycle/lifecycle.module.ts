import { Global, Module } from '@nestjs/common';
import { EventStreams } from '../http/event-streams.js';
import { ServerState } from './server-state.js';
import { StartupGuard } from './startup.guard.js';

@Global()
@Module({ providers: [ServerState, StartupGuard, EventStreams], exports: [ServerState, StartupGuard, EventStreams] })
export class LifecycleModule {}
