import type { TracingConfig } from './app.config.js';
import type { EnvReader } from './env-reader.js';

/** By OpenTelemetry's own variables, so that what a platform sets for all its services works here too. */
export function readTracing(reader: EnvReader): TracingConfig {
  const base = reader.text('OTEL_EXPORTER_OTLP_ENDPOINT');
  const endpoint =
    reader.text('OTEL_EXPORTER_OTLP_TRACES_ENDPOINT') ??
    (base === undefined ? undefined : `${base.replace(/\/$/, '')}/v1/traces`);
  if (endpoint !== undefined && !/^https?:\/\/[^/]/.test(endpoint)) {
    reader.problems.push('OTEL_EXPORTER_OTLP_ENDPOINT must begin with http:// or https://');
  }
  return {
    endpoint,
    headers: readHeaders(reader),
    serviceName: reader.text('OTEL_SERVICE_NAME') ?? 'almanac',
    sampleRatio: readRatio(reader),
  };
}

function readHeaders(reader: EnvReader): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const pair of reader.list('OTEL_EXPORTER_OTLP_HEADERS', [])) {
    const equals = pair.indexOf('=');
    if (equals <= 0) {
      reader.problems.push('OTEL_EXPORTER_OTLP_HEADERS must be name=value pairs separated by commas');
      break;
    }
    headers[pair.slice(0, equals).trim()] = decode(pair.slice(equals + 1).trim());
  }
  return headers;
}

/** Values are percent-encoded (W3C baggage); those that are not stand for themselves. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function readRatio(reader: EnvReader): number {
  const text = reader.text('OTEL_TRACES_SAMPLER_ARG');
  const ratio = Number(text ?? 1);
  if (ratio >= 0 && ratio <= 1) return ratio;
  reader.problems.push('OTEL_TRACES_SAMPLER_ARG must be a number from 0 to 1');
  return 1;
}
