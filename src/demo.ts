import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { ServerLifecycle } from './app.lifecycle.js';
import { ServerState } from './common/lifecycle/server-state.js';
import { loadConfig } from './config/load-config.js';
import { demoEnvironment } from './demo/demo-environment.js';
import { claimDemoFolder } from './demo/demo-folder.js';
import { DEMO_SOURCES } from './demo/demo-sources.js';
import { runDemo } from './demo/run-demo.js';
import { createPino, PinoLoggerService } from './infra/logging/logger.js';
import { serve } from './server.js';
import { explainStartFailure } from './start-failure.js';

// What this process writes is for its owner alone: databases hold e-mail addresses and hashes of passwords.
process.umask(0o077);

try {
  // Without the `.env` file, which describes the real server.
  const config = loadConfig(demoEnvironment(process.env));
  claimDemoFolder(config);
  Logger.overrideLogger(new PinoLoggerService(createPino(config.logging)));
  const app = await serve(config, new ServerLifecycle(config.http));
  const state = app.get(ServerState);
  await state.whenRunning;
  try {
    const url = (await app.getUrl()).replace('[::1]', 'localhost');
    await runDemo(url, DEMO_SOURCES, process.stdout, (service) => app.get(service, { strict: false }));
  } catch (error) {
    // Stopped while loading: the next start goes on from there.
    if (state.current !== 'draining') throw error;
  }
} catch (error) {
  process.stderr.write(`${explainStartFailure(error)}\n`);
  process.exit(1);
}
