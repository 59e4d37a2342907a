import { Global, Module } from '@nestjs/common';
import { AiCallLog } from './ai-call-log.js';
import { ChatModels } from './client/chat-models.js';
import { ModelDialogue } from './model-dialogue.js';
import { NarrationService } from './narration.service.js';
import { PromptLibrary } from './prompt-library.js';

/** Language models: the one way to them, and the log of their calls. */
@Global()
@Module({
  providers: [AiCallLog, PromptLibrary, ChatModels, ModelDialogue, NarrationService],
  exports: [AiCallLog, NarrationService],
})
export class AiModule {}
