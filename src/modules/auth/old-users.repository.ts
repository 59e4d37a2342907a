import mongoose from 'mongoose';

/** The `users` collection of the old browser-telemetry server; only read. */
export class OldUsersRepository {
  /** Every document, the oldest id first. Connects for the time of the iteration. */
  async *list(uri: string, databaseName: string): AsyncGenerator<Record<string, unknown>> {
    const client = new mongoose.mongo.MongoClient(uri, { serverSelectionTimeoutMS: 5000 });
    try {
      await client.connect();
      const cursor = client.db(databaseName).collection('users').find().sort({ _id: 1 });
      for await (const document of cursor) yield document;
    } finally {
      await client.close();
    }
  }
}
