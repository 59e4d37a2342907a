import { Global, Module } from '@nestjs/common';
import { AiCallLog } from './ai-call-log.js';
import { NarrationService } from './narration.service.js';

/** Language models: the one way to them, and the log of their calls. */
@Global()
@Module({ providers: [AiCallLog, NarrationService], exports: [AiCallLog, NarrationService] })
export class AiModule {}
