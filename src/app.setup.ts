import type { OpenAPIObject } from '@nestjs/swagger';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import { ErrorFilter } from './common/errors/error.filter.js';
import { registerBodyParsers } from './common/http/body-parser.js';
import { createFastifyAdapter } from './common/http/fastify-adapter.js';
import { registerLoadShedding } from './common/http/load-shedding.js';
import { createOpenApiDocument, serveSwagger } from './common/http/openapi.js';
import { registerRequestHooks } from './common/http/request-hooks.js';
import { registerSecurityHeaders } from './common/http/security-headers.js';
import { DtoValidationPipe } from './common/http/validation.pipe.js';
import { ServerState } from './common/lifecycle/server-state.js';
import type { AppConfig, HttpConfig } from './config/app.config.js';
import { ALMANAC_VERSION } from './config/version.js';
import { ApiIndexService } from './modules/health/api-index.service.js';

/** The whole application, ready to listen: what `main.ts` serves and what the tests call. */
export async function createApp(config: AppConfig): Promise<NestFastifyApplication> {
  const adapter = createFastifyAdapter(config.http);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config), adapter, {
    abortOnError: false,
  });
  const state = app.get(ServerState);
  registerRequestHooks(app, state);
  registerSecurityHeaders(app, { isProduction: config.http.environment === 'production' });
  enableCors(app, config.http);
  await registerLoadShedding(app);
  registerBodyParsers(app);
  app.useGlobalPipes(new DtoValidationPipe());
  app.useGlobalFilters(new ErrorFilter());
  let made: OpenAPIObject | undefined;
  // Takes a tenth of the start; most starts are followed by requests for anything but the documentation.
  const document = () => (made ??= createOpenApiDocument(app, ALMANAC_VERSION));
  app.get(ApiIndexService).describe(document);
  serveSwagger(app, document);
  return app;
}

function enableCors(app: NestFastifyApplication, config: HttpConfig): void {
  app.enableCors({
    origin: config.corsOrigins,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
    allowedHeaders: ['authorization', 'content-type', 'x-api-key', 'idempotency-key'],
    exposedHeaders: ['x-request-id', 'retry-after', 'idempotency-replayed', 'x-report-source'],
    maxAge: 600,
    strictPreflight: false,
  });
}
