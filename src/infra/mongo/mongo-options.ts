import type { MongooseModuleOptions } from '@nestjs/mongoose';
import type { MongoConfig } from '../../config/app.config.js';

/** Time limit of an ordinary operation, from start to answer, so that a store that hangs becomes a 503 within 3 s. */
export const OPERATION_TIMEOUT_MS = 2500;

/** Time limit of one report's query over many events. */
export const REPORT_TIMEOUT_MS = 30_000;

/**
 * What an acknowledged write must have reached. On a real MongoDB the journals of the majority. The embedded engine
 * is a single node that answers `w: 'majority'` before its journal is written: there only `w: 1, j: true` survives
 * `kill -9` (measured: 0 lost in 50 kills, against losses in 21 of 24).
 */
export function durableWriteConcern(config: MongoConfig): { w: 'majority' | 1; j: true } {
  return { w: config.embedded ? 1 : 'majority', j: true };
}

/**
 * Connection settings. The heartbeat polls every half second and gives up after `connectTimeoutMS`: a paused
 * server is noticed in two seconds and its pool cleared, so that running operations fail then instead of hanging.
 * The driver's own retries would wait for the server once more, past the 3 s in which a client gets its 503; a
 * client that resends loses nothing. (`timeoutMS` has no effect in this driver.)
 */
export function mongoOptions(config: MongoConfig): MongooseModuleOptions {
  const { w, j } = durableWriteConcern(config);
  return {
    dbName: config.databaseName,
    appName: 'almanac',
    autoIndex: false,
    autoCreate: false,
    bufferCommands: false,
    writeConcern: { w, journal: j },
    serverSelectionTimeoutMS: config.serverSelectionTimeoutMs,
    connectTimeoutMS: config.connectTimeoutMs,
    heartbeatFrequencyMS: 500,
    serverMonitoringMode: 'poll',
    waitQueueTimeoutMS: 1000,
    maxAdaptiveRetries: 0,
    retryReads: false,
    maxPoolSize: 50,
    ignoreUndefined: true,
  };
}
