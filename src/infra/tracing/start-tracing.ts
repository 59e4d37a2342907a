import { register } from 'node:module';
import type { SpanProcessor } from '@opentelemetry/sdk-trace-node';
import type { TracingConfig } from '../../config/app.config.js';
import { removePrivate } from './private-attributes.js';

/** Probes come every few seconds, and nobody looks for them. */
const UNTRACED = /^\/(?:health|ping|api\/v1\/metrics|api\/v1\/health|api\/health)(?:[/?]|$)/;
const STOP_LIMIT_MS = 2000;

/**
 * Begins to trace requests, calls of others, MongoDB, PostgreSQL, Redis and jobs, and sends spans by OTLP. To be called before
 * what is traced is loaded: libraries are wrapped as they are loaded. Without an endpoint nothing is loaded or done.
 * @returns sends what is left and ends it
 */
export async function startTracing(config: TracingConfig): Promise<() => Promise<void>> {
  const { endpoint, headers, serviceName, sampleRatio } = config;
  if (endpoint === undefined) return () => Promise.resolve();
  // Only what is traced is wrapped: to wrap all modules would make the start take several times as long.
  const { createAddHookMessageChannel } = await import('import-in-the-middle');
  const { registerOptions, waitForAllMessagesAcknowledged } = createAddHookMessageChannel();
  register('import-in-the-middle/hook.mjs', import.meta.url, registerOptions);
  const [sdk, { OTLPTraceExporter }, { resourceFromAttributes }] = await Promise.all([
    import('@opentelemetry/sdk-trace-node'),
    import('@opentelemetry/exporter-trace-otlp-http'),
    import('@opentelemetry/resources'),
  ]);
  const provider = new sdk.NodeTracerProvider({
    resource: resourceFromAttributes({ 'service.name': serviceName }),
    sampler: new sdk.ParentBasedSampler({ root: new sdk.TraceIdRatioBasedSampler(sampleRatio) }),
    spanProcessors: [cleaning(), new sdk.BatchSpanProcessor(new OTLPTraceExporter({ url: endpoint, headers }))],
  });
  provider.register();
  await instrument(provider);
  await waitForAllMessagesAcknowledged();
  return async () => {
    const limit = new Promise<void>((resolve) => setTimeout(resolve, STOP_LIMIT_MS).unref());
    await Promise.race([provider.shutdown().catch(() => undefined), limit]);
  };
}

async function instrument(tracerProvider: import('@opentelemetry/api').TracerProvider): Promise<void> {
  const [{ registerInstrumentations }, http, mongodb, pg, undici, ioredis] = await Promise.all([
    import('@opentelemetry/instrumentation'),
    import('@opentelemetry/instrumentation-http'),
    import('@opentelemetry/instrumentation-mongodb'),
    import('@opentelemetry/instrumentation-pg'),
    import('@opentelemetry/instrumentation-undici'),
    import('@opentelemetry/instrumentation-ioredis'),
  ]);
  registerInstrumentations({
    tracerProvider,
    instrumentations: [
      new http.HttpInstrumentation({
        ignoreIncomingRequestHook: ({ url = '' }) => UNTRACED.test(url),
        // What is sent from here goes through undici; this would trace the exporter too.
        disableOutgoingRequestInstrumentation: true,
      }),
      new mongodb.MongoDBInstrumentation({ requireParentSpan: true, dbStatementSerializer: () => '' }),
      new pg.PgInstrumentation({ requireParentSpan: true }),
      new undici.UndiciInstrumentation({ requireParentforSpans: true }),
      // The name of a command only: keys hold ids.
      new ioredis.IORedisInstrumentation({ requireParentSpan: true, dbStatementSerializer: (command) => command }),
    ],
  });
}

/** Stands before the one that sends. */
function cleaning(): SpanProcessor {
  return {
    onStart: () => undefined,
    onEnd: (span) => {
      removePrivate(span.attributes);
      for (const event of span.events) if (event.attributes !== undefined) removePrivate(event.attributes);
    },
    forceFlush: () => Promise.resolve(),
    shutdown: () => Promise.resolve(),
  };
}
