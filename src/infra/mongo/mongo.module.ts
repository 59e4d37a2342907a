import { Global, Inject, Module, type OnApplicationShutdown } from '@nestjs/common';
import { getConnectionToken } from '@nestjs/mongoose';
import mongoose, { type Connection } from 'mongoose';
import { MongoConnector } from './mongo-connector.js';
import { WriteCommands } from './write-commands.js';

/**
 * `MongooseModule.forRoot` opens the connection while the application is being built and fails with it;
 * this one is opened by `MongoConnector` in the background, as often as it takes.
 */
function createClosedConnection(): Connection {
  const connection = mongoose.createConnection();
  for (const behaviour of ['bufferCommands', 'autoIndex', 'autoCreate']) connection.set(behaviour, false);
  return connection;
}

const connectionProvider = { provide: getConnectionToken(), useFactory: createClosedConnection };

/** MongoDB for every module; models are declared with `MongooseModule.forFeature`. */
@Global()
@Module({
  providers: [connectionProvider, MongoConnector, WriteCommands],
  exports: [connectionProvider, MongoConnector, WriteCommands],
})
export class MongoModule implements OnApplicationShutdown {
  constructor(@Inject(getConnectionToken()) private readonly connection: Connection) {}

  // Last of all: running requests still need it in the hooks before.
  async onApplicationShutdown(): Promise<void> {
    await this.connection.close();
  }
}
