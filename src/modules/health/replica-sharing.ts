import { Inject, Injectable } from '@nestjs/common';
import { HTTP_CONFIG, type HttpConfig } from '../../config/app.config.js';
import { RedisConnector } from '../../infra/redis/redis-connector.js';
import type { ReplicaSharingDto } from './health.dto.js';

/** By what replicas know of each other's callers. */
@Injectable()
export class ReplicaSharing {
  constructor(
    private readonly redis: RedisConnector,
    @Inject(HTTP_CONFIG) private readonly http: Pick<HttpConfig, 'rateLimitEnabled'>,
  ) {}

  describe(): ReplicaSharingDto {
    const withRedis = this.redis.client !== undefined;
    const requestLimits = withRedis ? 'redis' : 'process';
    return {
      requestLimits: this.http.rateLimitEnabled ? requestLimits : 'off',
      // Of both the database is the truth, with Redis or without: they must outlive restarts.
      loginLimits: 'sql',
      revokedTokens: 'sql',
      jobs: withRedis ? 'redis' : 'sql',
    };
  }
}
