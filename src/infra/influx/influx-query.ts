import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { HttpError, InfluxDB, type ParameterizedQuery } from '@influxdata/influxdb-client';
import { DomainError } from '../../common/errors/domain.error.js';
import { influxBrokeOff, influxDown, influxRefusal } from './influx.errors.js';
import { readRows, type InfluxRow } from './influx-rows.js';

// Only this file and what imports it loads the published client; it is imported when InfluxDB is first asked.

const MAX_SAID_LENGTH = 4096;

export interface QueryTarget {
  url: string;
  token: string;
  org: string;
}

/**
 * The rows of a Flux query as they arrive, until the signal comes. No time limit of its own.
 * @throws InfluxUnavailableError, or the signal's reason.
 */
export async function* queryRows(
  target: QueryTarget,
  flux: ParameterizedQuery,
  signal: AbortSignal,
): AsyncGenerator<InfluxRow> {
  try {
    yield* readRows(queryLines(target, flux, signal));
  } catch (error) {
    signal.throwIfAborted();
    throw translate(error);
  }
}

async function* queryLines(
  { url, token, org }: QueryTarget,
  flux: ParameterizedQuery,
  signal: AbortSignal,
): AsyncGenerator<string> {
  signal.throwIfAborted();
  // A connection for each query, ended with it. To hand the signal to the client instead is dangerous: one that comes when
  // the answer has arrived and is not read to its end becomes an error event that nobody handles, and ends the process.
  const agent = new (url.startsWith('https:') ? HttpsAgent : HttpAgent)();
  let stop = () => agent.destroy();
  const stopped = new Promise<never>((_, reject) => {
    stop = () => {
      agent.destroy();
      reject(signal.reason as Error);
    };
  });
  stopped.catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    // Its time limit would count while the rows are being used.
    const client = new InfluxDB({ url, token, timeout: 0, transportOptions: { agent } });
    const lines = client.getQueryApi(org).iterateLines(flux)[Symbol.asyncIterator]();
    for (;;) {
      const next = await Promise.race([lines.next(), stopped]);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    signal.removeEventListener('abort', stop);
    agent.destroy();
  }
}

function translate(error: unknown): Error {
  if (error instanceof DomainError) return error;
  if (error instanceof HttpError) return influxRefusal(error.statusCode, error.body?.slice(0, MAX_SAID_LENGTH) ?? '');
  const { code } = error as { code?: unknown };
  const isCut = code === 'ECONNRESET' || code === 'ERR_STREAM_PREMATURE_CLOSE';
  return isCut || (error as Error).name === 'AbortError' ? influxBrokeOff(error) : influxDown(error);
}
