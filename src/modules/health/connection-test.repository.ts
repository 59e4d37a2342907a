import { Injectable } from '@nestjs/common';
import { InjectConnection } from '@nestjs/mongoose';
import type { Connection } from 'mongoose';

const COLLECTION = 'connection_tests';

/** Documents whose only purpose is to prove that writing works. */
@Injectable()
export class ConnectionTestRepository {
  constructor(@InjectConnection() private readonly connection: Connection) {}

  /** Keeps only the newest document, so that a probe in a loop does not fill the disk. */
  async record(at: Date): Promise<{ collection: string; id: string }> {
    const collection = this.connection.collection(COLLECTION);
    const { insertedId } = await collection.insertOne({ createdAt: at });
    await collection.deleteMany({ createdAt: { $lt: at } });
    return { collection: COLLECTION, id: insertedId.toHexString() };
  }
}
