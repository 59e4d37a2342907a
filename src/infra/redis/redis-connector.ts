import { Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { Redis } from 'ioredis';
import type { RedisConfig } from '../../config/app.config.js';

const CONNECT_TIMEOUT_MS = 2000;
const COMMAND_TIMEOUT_MS = 1000;
const LONGEST_RETRY_MS = 5000;

/** The connection to Redis, when `REDIS_URL` is set. It reconnects for ever by itself; commands fail at once meanwhile. */
@Injectable()
export class RedisConnector implements OnApplicationShutdown {
  private readonly logger = new Logger(RedisConnector.name);

  /** @param client undefined when no Redis is configured */
  private constructor(readonly client?: Redis) {
    client?.on('error', (error: Error & { code?: string }) => {
      this.logger.warn(`Redis is not reachable (${error.code ?? error.name})`);
    });
  }

  static async create({ url }: RedisConfig): Promise<RedisConnector> {
    if (url === undefined) return new RedisConnector();
    // Loaded where it is used, so that a start without Redis is quicker.
    const { Redis } = await import('ioredis');
    const client = new Redis(url, {
      connectTimeout: CONNECT_TIMEOUT_MS,
      commandTimeout: COMMAND_TIMEOUT_MS,
      // A request waits for no reconnection: it is answered without Redis or with 503.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      retryStrategy: (attempt) => Math.min(100 * 2 ** Math.min(attempt, 10), LONGEST_RETRY_MS),
    });
    return new RedisConnector(client);
  }

  /** @throws when Redis does not answer; resolves at once when none is configured. */
  async ping(): Promise<void> {
    await this.client?.ping();
  }

  onApplicationShutdown(): void {
    this.client?.disconnect();
  }
}
