// @ts-check
import { mongo } from 'mongoose';

/** The events collection seen from the side: emptied before, counted after a round. */
export class EventStore {
  /** @param {mongo.MongoClient} client @param {string} database */
  constructor(client, database) {
    this.client = client;
    this.db = client.db(database);
  }

  /** @param {{uri: string, database: string}} mongo */
  static async connect({ uri, database }) {
    return new EventStore(await new mongo.MongoClient(uri).connect(), database);
  }

  /** Replaces the collection by an empty one with the same indexes, and starts from a clean disk. */
  async renew() {
    const own = await this.listIndexes();
    await this.db.collection('events').drop();
    await this.create('events', own);
  }

  /**
   * The same for a collection that a bare client would have: with the four indexes of the old server alone.
   * @param {string} name
   */
  async renewYardstick(name) {
    const own = await this.listIndexes();
    await this.db.collection(name).drop();
    await this.create(
      name,
      own.filter(({ partialFilterExpression }) => partialFilterExpression === undefined),
    );
  }

  async listIndexes() {
    const indexes = await this.db.collection('events').indexes();
    return indexes.filter(({ name }) => name !== '_id_').map(({ v: _, ...index }) => index);
  }

  /** @param {string} name @param {object[]} indexes */
  async create(name, indexes) {
    await this.db.createCollection(name);
    await this.db.collection(name).createIndexes(/** @type {any} */ (indexes));
    await this.db.admin().command({ fsync: 1 });
  }

  /** @param {string} projectKey @param {string} [collection] */
  async count(projectKey, collection = 'events') {
    return this.db.collection(collection).countDocuments({ projectKey });
  }

  /** Bytes of one document in the store, on average. @param {string} [collection] */
  async averageSize(collection = 'events') {
    const group = { _id: null, bytes: { $avg: { $bsonSize: '$$ROOT' } } };
    const [row] = await this.db
      .collection(collection)
      .aggregate([{ $group: group }])
      .toArray();
    return Number(row?.bytes);
  }

  close() {
    return this.client.close();
  }
}
