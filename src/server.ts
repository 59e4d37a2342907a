import { Logger } from '@nestjs/common';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { ServerLifecycle } from './app.lifecycle.js';
import { createApp } from './app.setup.js';
import { listenOnExtraPorts } from './common/http/extra-ports.js';
import { ServerState } from './common/lifecycle/server-state.js';
import type { AppConfig } from './config/app.config.js';
import { EmbeddedMongo } from './infra/mongo/embedded/embedded-mongo.js';

/** Starts the embedded engine when no other MongoDB is configured, then the application, and listens. */
export async function serve(
  config: AppConfig,
  lifecycle: ServerLifecycle,
  stopTracing: () => Promise<void> = () => Promise.resolve(),
): Promise<NestFastifyApplication> {
  const logger = new Logger('Almanac');
  const engine = config.mongo.embedded ? await startEngine(config, logger) : undefined;
  const stopEngine = async () => {
    await engine?.stop();
    await stopTracing();
  };
  try {
    const mongo = { ...config.mongo, uri: engine?.uri ?? config.mongo.uri };
    const app = await createApp({ ...config, mongo });
    await app.listen(config.http.port, config.http.host);
    lifecycle.manage({ app, extraServers: await listenOnExtraPorts(app, config.http), stopEngine });
    if (config.auth.mode === 'open') {
      logger.warn('AUTH_MODE=open: callers without credentials are served. Only for trusted networks.');
    }
    void app.get(ServerState).whenRunning.then(() => announce(app, config, logger));
    return app;
  } catch (error) {
    await stopEngine();
    throw error;
  }
}

async function startEngine(config: AppConfig, logger: Logger): Promise<EmbeddedMongo> {
  const { dataDir, cacheDir } = config.storage;
  return EmbeddedMongo.start({
    dataDir,
    cacheDir,
    log: {
      info: (message) => logger.log(message),
      warn: (message) => logger.warn(message),
      error: (message) => logger.error(message),
    },
  });
}

function announce(app: NestFastifyApplication, config: AppConfig, logger: Logger): void {
  const address = app.getHttpServer().address();
  const port = typeof address === 'object' && address !== null ? address.port : config.http.port;
  const host = ['0.0.0.0', '::', '127.0.0.1'].includes(config.http.host) ? 'localhost' : config.http.host;
  const base = `http://${host}:${port}`;
  const seconds = process.uptime().toFixed(1);
  logger.log(`Almanac is ready after ${seconds} s`);
  logger.log(`  API        ${base}/`);
  logger.log(`  Swagger    ${base}/swagger`);
  logger.log(`  Readiness  ${base}/health/ready`);
}
