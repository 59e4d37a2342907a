import { randomUUID } from 'node:crypto';
import { createConnection, type Connection } from 'mongoose';
import { Clock } from '../../src/common/time/clock.js';
import type { HttpConfig, IngestConfig, MongoConfig } from '../../src/config/app.config.js';
import { mongoOptions } from '../../src/infra/mongo/mongo-options.js';
import { WriteCommands } from '../../src/infra/mongo/write-commands.js';
import { BrowserAnalyticsService } from '../../src/modules/analytics/browser/browser-analytics.service.js';
import { BrowserReportsService } from '../../src/modules/analytics/browser/browser-reports.service.js';
import { BrowsingReader } from '../../src/modules/analytics/browser/browsing-reader.service.js';
import type { AccountsService } from '../../src/modules/auth/accounts.service.js';
import type { UserSettings } from '../../src/modules/auth/user-settings.js';
import { BROWSER_EVENT_MODEL, BrowserEventSchema } from '../../src/modules/events/browser/browser-event.schema.js';
import { BrowserEventWrites } from '../../src/modules/events/browser/browser-event-writes.repository.js';
import { BrowserEventsRepository } from '../../src/modules/events/browser/browser-events.repository.js';
import { BrowserHistoryService } from '../../src/modules/events/browser/browser-history.service.js';
import { BrowserSyncService } from '../../src/modules/events/browser/browser-sync.service.js';
import {
  BROWSER_CHECKPOINT_MODEL,
  BROWSER_COLUMNS_MODEL,
  BROWSER_DAY_MODEL,
  BrowserCheckpointSchema,
  BrowserColumnsSchema,
  BrowserDaySchema,
} from '../../src/modules/events/browser/days/browser-day.schema.js';
import { BrowserDaysRepository } from '../../src/modules/events/browser/days/browser-days.repository.js';
import { CheckpointsRepository } from '../../src/modules/events/browser/days/checkpoints.repository.js';
import { CheckpointsService } from '../../src/modules/events/browser/days/checkpoints.service.js';
import { ReadingLimit } from '../../src/modules/events/browser/days/reading-limit.js';
import { DayColumnsService } from '../../src/modules/events/browser/days/day-columns.service.js';
import { PATIENT_MONGO } from './patience.js';

/** What one server process has over the shared store; several of them are replicas. */
export interface BrowserServer {
  sync: BrowserSyncService;
  history: BrowserHistoryService;
  columns: DayColumnsService;
  days: BrowserDaysRepository;
  analytics: BrowserAnalyticsService;
  reports: BrowserReportsService;
}

export interface BrowserServerOptions {
  /** In place of real writes, to let some of them fail. */
  commands?: WriteCommands;
  settings?: (userId: string) => UserSettings;
  now?: () => number;
}

/** A database of its own with the indexes that the server declares. */
export async function openBrowserStore(uri: string): Promise<Connection> {
  const options = mongoOptions({
    uri,
    embedded: process.env.TEST_MONGODB_URI === undefined,
    databaseName: `browser-${randomUUID()}`,
    ...PATIENT_MONGO,
  });
  const connection = await createConnection(uri, options as object).asPromise();
  connection.model(BROWSER_EVENT_MODEL, BrowserEventSchema);
  connection.model(BROWSER_DAY_MODEL, BrowserDaySchema);
  connection.model(BROWSER_COLUMNS_MODEL, BrowserColumnsSchema);
  connection.model(BROWSER_CHECKPOINT_MODEL, BrowserCheckpointSchema);
  for (const model of Object.values(connection.models)) await model.createIndexes();
  return connection;
}

export function createBrowserServer(connection: Connection, options: BrowserServerOptions = {}): BrowserServer {
  const mongo = { embedded: process.env.TEST_MONGODB_URI === undefined } as MongoConfig;
  const commands = options.commands ?? new WriteCommands(connection, mongo);
  const clock = new Clock();
  if (options.now !== undefined) clock.now = options.now;
  const accounts = { settingsOf: async (userId: string) => options.settings?.(userId) ?? {} } as AccountsService;
  const events = new BrowserEventsRepository(commands);
  const writes = new BrowserEventWrites(commands);
  const days = new BrowserDaysRepository(commands);
  const columns = new DayColumnsService(events, days);
  const checkpoints = new CheckpointsService(new CheckpointsRepository(commands), days, clock);
  const limit = new ReadingLimit();
  const history = new BrowserHistoryService(events, writes, days, columns, checkpoints, limit, clock);
  const ingest = { projectEventsPerSecond: 50_000, maxConcurrentBatches: 64 } as IngestConfig;
  const http = { rateLimitEnabled: false } as HttpConfig;
  const sync = new BrowserSyncService(writes, days, accounts, clock, ingest, http);
  const analytics = new BrowserAnalyticsService(new BrowsingReader(columns, history, checkpoints, limit));
  const reports = new BrowserReportsService(analytics, accounts, clock);
  return { sync, history, columns, days, analytics, reports };
}
