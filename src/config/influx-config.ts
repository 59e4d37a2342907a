import type { InfluxConfig } from './app.config.js';
import type { EnvReader } from './env-reader.js';

const NAMES = ['INFLUXDB_URL', 'INFLUXDB_TOKEN', 'INFLUXDB_ORG', 'INFLUXDB_BUCKET'] as const;

/** All four or none: a part of them would silently keep the points somewhere else. */
export function readInflux(reader: EnvReader): InfluxConfig {
  const timeoutMs = reader.integer('INFLUXDB_TIMEOUT_MS', 15_000, 100, 600_000);
  const [url, token, org, bucket] = NAMES.map((name) => reader.text(name));
  if (url === undefined || token === undefined || org === undefined || bucket === undefined) {
    const missing = NAMES.filter((name) => reader.text(name) === undefined);
    if (missing.length < NAMES.length) reader.problems.push(`InfluxDB also needs ${missing.join(', ')}`);
    return { timeoutMs };
  }
  if (!/^https?:\/\/[^/]/.test(url)) reader.problems.push('INFLUXDB_URL must begin with http:// or https://');
  return { connection: { url, token, org, bucket }, timeoutMs };
}
