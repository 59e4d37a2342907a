import { Injectable } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthIndicatorResult } from '@nestjs/terminus';
import { InfluxClient } from '../../infra/influx/influx.client.js';
import { MongoConnector } from '../../infra/mongo/mongo-connector.js';
import { RedisConnector } from '../../infra/redis/redis-connector.js';
import { SqlConnector } from '../../infra/sql/sql-connector.js';
import { DataDisk } from './data-disk.js';

/** Probes come every few seconds from several sides; the stores are asked once in this time. */
const CACHE_MS = 1000;
const PING_TIMEOUT_MS = 1000;

/** Whether the stores that this server needs answer. */
@Injectable()
export class StoreChecks {
  constructor(
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    private readonly mongo: MongoConnector,
    private readonly sql: SqlConnector,
    private readonly redis: RedisConnector,
    private readonly influx: InfluxClient,
    private readonly disk: DataDisk,
  ) {}

  /** By name `up` or `down`. */
  async run(): Promise<Record<string, string>> {
    const indicate = (name: string, ping: () => Promise<void>) => async (): Promise<HealthIndicatorResult> =>
      this.indicators.check(name).attempt(ping).withTimeout(PING_TIMEOUT_MS).cacheFor(CACHE_MS);
    const stores = [indicate('mongo', () => this.mongo.ping()), indicate('sql', () => this.sql.ping(PING_TIMEOUT_MS))];
    if (this.redis.client !== undefined) stores.push(indicate('redis', () => this.redis.ping()));
    if (this.disk.isUsed) stores.push(indicate('disk', () => this.disk.check()));
    if (this.influx.isConfigured) stores.push(indicate('influxdb', () => this.influx.ping()));
    try {
      return statuses((await this.health.check(stores)).details);
    } catch (error) {
      const { details } = (error as { getResponse?: () => { details?: HealthIndicatorResult } }).getResponse?.() ?? {};
      if (details === undefined) throw error;
      return statuses(details);
    }
  }
}

/** Only names and states: the reasons name hosts and paths, which probes show to everyone. */
function statuses(details: HealthIndicatorResult): Record<string, string> {
  return Object.fromEntries(Object.entries(details).map(([name, { status }]) => [name, status]));
}
