import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { ServerLifecycle } from './app.lifecycle.js';
import { loadConfig } from './config/load-config.js';
import { loadEnvFile } from './config/env-file.js';
import { createPino, PinoLoggerService } from './infra/logging/logger.js';
import { explainStartFailure, serve } from './server.js';

// What this process writes is for its owner alone: databases hold e-mail addresses and hashes of passwords.
process.umask(0o077);

try {
  const config = loadConfig(loadEnvFile(process.env));
  Logger.overrideLogger(new PinoLoggerService(createPino(config.logging)));
  await serve(config, new ServerLifecycle(config.http));
} catch (error) {
  // Written without the logger: a person reads it, and the configuration that makes the logger may be what failed.
  process.stderr.write(`${explainStartFailure(error)}\n`);
  process.exit(1);
}
