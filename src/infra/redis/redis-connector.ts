import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Redis } from 'ioredis';
import { REDIS_CONFIG, type RedisConfig } from '../../config/app.config.js';

const CONNECT_TIMEOUT_MS = 2000;
const COMMAND_TIMEOUT_MS = 1000;
const LONGEST_RETRY_MS = 5000;

/** The connection to Redis, when `REDIS_URL` is set. It reconnects for ever by itself; commands fail at once meanwhile. */
@Injectable()
export class RedisConnector implements OnApplicationShutdown {
  /** Undefined when no Redis is configured. */
  readonly client?: Redis;
  private readonly logger = new Logger(RedisConnector.name);

  constructor(@Inject(REDIS_CONFIG) config: RedisConfig) {
    if (config.url === undefined) return;
    this.client = new Redis(config.url, {
      connectTimeout: CONNECT_TIMEOUT_MS,
      commandTimeout: COMMAND_TIMEOUT_MS,
      // A request waits for no reconnection: it is answered without Redis or with 503.
      enableOfflineQueue: false,
      maxRetriesPerRequest: 1,
      retryStrategy: (attempt) => Math.min(100 * 2 ** Math.min(attempt, 10), LONGEST_RETRY_MS),
    });
    this.client.on('error', (error: Error & { code?: string }) => {
      this.logger.warn(`Redis is not reachable (${error.code ?? error.name})`);
    });
  }

  /** @throws when Redis does not answer; resolves at once when none is configured. */
  async ping(): Promise<void> {
    await this.client?.ping();
  }

  onApplicationShutdown(): void {
    this.client?.disconnect();
  }
}
