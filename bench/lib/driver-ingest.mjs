// @ts-check
// The yardstick: the bare MongoDB driver's `insertMany` with the documents that the server would store, but for what the
// server notes for itself.
import { mongo } from 'mongoose';
import { importBuilt } from './built.mjs';
import { runInLanes } from './lanes.mjs';
import { makeBatches } from './product-events.mjs';
import { serveWorker } from './worker.mjs';

const { prepareBatch } = await importBuilt('modules/events/product/encoding/batch-preparation.js');

/** @type {object[][]} */
let batches = [];
/** @type {mongo.MongoClient | undefined} */
let client;

serveWorker({
  /** @param {{projectKey: string, round: number, batches: number, size: number}} shape */
  async prepare({ projectKey, ...shape }) {
    const receivedAt = new Date();
    batches = [];
    for (const events of makeBatches(shape)) {
      const { parts } = await prepareBatch({ projectKey, events, sentAt: null }, receivedAt, () => false);
      batches.push(parts.flatMap(toDocuments));
    }
  },

  /**
   * @param {{uri: string, database: string, collection: string, writeConcern: {w: number | 'majority', j: boolean}, lanes: number}} target
   */
  async run({ uri, database, collection, writeConcern, lanes }) {
    client ??= await new mongo.MongoClient(uri, { maxPoolSize: 32, minPoolSize: lanes }).connect();
    const events = client.db(database).collection(collection);
    const options = { ordered: false, writeConcern };
    let acknowledged = 0;
    const timing = await runInLanes(lanes, batches.length, async (job) => {
      const { insertedCount } = await events.insertMany(batches[job] ?? [], options);
      acknowledged += insertedCount;
    });
    batches = [];
    return { ...timing, acknowledged };
  },
});

/** @param {{documents: Buffer, events: {start: number}[]}} part */
function toDocuments({ documents, events }) {
  return events.map(({ start }, index) => {
    const end = events[index + 1]?.start ?? documents.length;
    const { epoch: _, ...document } = mongo.BSON.deserialize(documents.subarray(start, end));
    return document;
  });
}
