import type { OnApplicationBootstrap } from '@nestjs/common';
import type { MongoConnector } from '../mongo/mongo-connector.js';
import { BackgroundJob } from './background-job.js';

/** Runs once as soon as MongoDB is reached, and not before. */
export abstract class MongoJob extends BackgroundJob implements OnApplicationBootstrap {
  private isConnected = false;

  protected constructor(private readonly connector: MongoConnector) {
    super();
  }

  onApplicationBootstrap(): void {
    this.connector.ready.then(
      () => {
        this.isConnected = true;
        void this.run();
      },
      () => this.logger.debug('The server stopped before MongoDB was reached'),
    );
  }

  override async run(): Promise<void> {
    if (this.isConnected) await super.run();
  }
}
