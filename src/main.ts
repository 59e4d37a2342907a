import 'reflect-metadata';
import { Logger } from '@nestjs/common';
import { loadConfig } from './config/load-config.js';
import { loadEnvFile } from './config/env-file.js';
import { createPino, PinoLoggerService } from './infra/logging/logger.js';
import { startTracing } from './infra/tracing/start-tracing.js';
import { limitHeapGrowth } from './heap-growth.js';
import { explainStartFailure } from './start-failure.js';

limitHeapGrowth();

// What this process writes is for its owner alone: databases hold e-mail addresses and hashes of passwords.
process.umask(0o077);

try {
  const config = loadConfig(loadEnvFile(process.env));
  Logger.overrideLogger(new PinoLoggerService(createPino(config.logging)));
  const stopTracing = await startTracing(config.tracing);
  // Loaded only now: a bad setting is told of at once, and not after everything that it is for has been read;
  // and libraries are traced only when they are loaded after tracing has begun.
  const [{ ServerLifecycle }, { serve }] = await Promise.all([import('./app.lifecycle.js'), import('./server.js')]);
  await serve(config, new ServerLifecycle(config.http), stopTracing);
} catch (error) {
  // Written without the logger: a person reads it, and the configuration that makes the logger may be what failed.
  process.stderr.write(`${explainStartFailure(error)}\n`);
  process.exit(1);
}
