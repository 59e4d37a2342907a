import { Test, type TestingModule } from '@nestjs/testing';
import { ConfigModule } from '../../src/config/config.module.js';
import { loadConfig } from '../../src/config/load-config.js';
import { AiCallLog, type AiCall } from '../../src/infra/ai/ai-call-log.js';
import { AiModule } from '../../src/infra/ai/ai.module.js';
import { NarrationService } from '../../src/infra/ai/narration.service.js';
import { TEST_SECRETS } from './auth.js';

/** The language models of a server, without the server. */
export interface AiApp {
  module: TestingModule;
  narration: NarrationService;
  /** Rows of usage, as usage analytics is told of them. */
  calls: AiCall[];
  close(): Promise<void>;
}

/** @param env the AI variables of the configuration. */
export async function startAiApp(env: Record<string, string>): Promise<AiApp> {
  const config = loadConfig({ NODE_ENV: 'test', ...TEST_SECRETS, ...env });
  const module = await Test.createTestingModule({ imports: [ConfigModule.forRoot(config), AiModule] }).compile();
  await module.init();
  const calls: AiCall[] = [];
  module.get(AiCallLog).subscribe((call) => calls.push(call));
  return { module, narration: module.get(NarrationService), calls, close: () => module.close() };
}
