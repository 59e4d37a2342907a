import { Injectable } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import { databaseNow } from './sql-dialect.js';

/** The database's own clock, the one that all replicas share. A provider, so that tests can set it. */
@Injectable()
export class DatabaseClock {
  /** SQL for the present time in epoch milliseconds. */
  now(dataSource: DataSource): string {
    return databaseNow(dataSource);
  }
}
