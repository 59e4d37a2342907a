import { Global, Module } from '@nestjs/common';
import { REDIS_CONFIG, type RedisConfig } from '../../config/app.config.js';
import { RedisConnector } from './redis-connector.js';

@Global()
@Module({
  providers: [
    {
      provide: RedisConnector,
      inject: [REDIS_CONFIG],
      useFactory: (config: RedisConfig) => RedisConnector.create(config),
    },
  ],
  exports: [RedisConnector],
})
export class RedisModule {}
