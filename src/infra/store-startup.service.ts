import { Injectable, Logger, type OnApplicationBootstrap } from '@nestjs/common';
import { ServerState } from '../common/lifecycle/server-state.js';
import { MongoConnector } from './mongo/mongo-connector.js';
import { SqlConnector } from './sql/sql-connector.js';

/** Opens the gate once every store is connected, indexed and migrated. */
@Injectable()
export class StoreStartup implements OnApplicationBootstrap {
  private readonly logger = new Logger(StoreStartup.name);

  constructor(
    private readonly state: ServerState,
    private readonly mongo: MongoConnector,
    private readonly sql: SqlConnector,
  ) {}

  onApplicationBootstrap(): void {
    Promise.all([this.mongo.ready, this.sql.ready]).then(
      () => {
        this.state.markRunning();
        this.logger.log('All stores are ready');
      },
      (error: unknown) => this.logger.warn(`Stopped before the stores were ready: ${String(error)}`),
    );
  }
}
