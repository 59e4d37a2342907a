import { Global, Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import type { DataSourceOptions } from 'typeorm';
import { SQL_CONFIG, type SqlConfig } from '../../config/app.config.js';
import { createDataSource, dataSourceOptions } from './data-source-options.js';
import { SqlConnector } from './sql-connector.js';

/** One data source for all modules; entities come from their `TypeOrmModule.forFeature`. */
@Global()
@Module({
  imports: [
    TypeOrmModule.forRootAsync({
      inject: [SQL_CONFIG],
      useFactory: (config: SqlConfig) => ({
        ...dataSourceOptions(config, []),
        autoLoadEntities: true,
        manualInitialization: true,
      }),
      dataSourceFactory: (options) => Promise.resolve(createDataSource(options as DataSourceOptions)),
    }),
  ],
  providers: [SqlConnector],
  exports: [SqlConnector],
})
export class SqlModule {}
