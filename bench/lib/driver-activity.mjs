// @ts-check
// The yardstick: the bare MongoDB driver's `insertMany` with the documents that the server would store for these points.
import { mongo } from 'mongoose';
import { ActivityMonth } from './activity-lines.mjs';
import { importBuilt } from './built.mjs';
import { runInLanes } from './lanes.mjs';
import { serveWorker } from './worker.mjs';

const [{ readBody }, { PointGroups }, { FieldTypes }, { packPoints }, { endOfActivity }] = await Promise.all([
  importBuilt('modules/activity/ingest/body-lines.js'),
  importBuilt('modules/activity/embedded/point-groups.js'),
  importBuilt('modules/activity/embedded/field-types.js'),
  importBuilt('modules/activity/packing/packed-points.js'),
  importBuilt('modules/activity/embedded/activity-end.js'),
]);

/** @type {any[][]} groups of points by body */
let bodies = [];
/** @type {object[][]} */
let documents = [];
/** @type {mongo.MongoClient | undefined} */
let client;

serveWorker({
  /** @param {{month: any, first: number, bodies: number}} shape */
  async prepare({ month, first, bodies: count }) {
    const source = new ActivityMonth(month);
    bodies = [];
    for (let i = 0; i < count; i++) {
      const groups = new PointGroups({ refusalOf: () => null }, new FieldTypes());
      await readBody({ body: source.body(first + i), precision: 'ns', org: null, receivedAt: 0 }, groups);
      bodies.push(groups.list());
    }
    documents = bodies.map((groups) => groups.map(toDocument));
  },

  /**
   * @param {{uri: string, database: string, collection: string, writeConcern: {w: number | 'majority', j: boolean}, lanes: number, packing: boolean}} target
   *   `packing`: documents are made from the points while the clock runs, as any client of the layout must do
   */
  async run({ uri, database, collection, writeConcern, lanes, packing }) {
    client ??= await new mongo.MongoClient(uri, { maxPoolSize: 32, minPoolSize: lanes }).connect();
    const points = client.db(database).collection(collection);
    return runInLanes(lanes, bodies.length, async (job) => {
      const made = packing ? (bodies[job] ?? []).map(toDocument) : (documents[job] ?? []);
      await points.insertMany(made, { ordered: false, writeConcern });
    });
  },
});

/** @param {any} group */
function toDocument({ user, measurement, day, points }) {
  return {
    org: '0123456789abcdef01234567',
    user,
    measurement,
    day,
    end: endOfActivity(measurement, points),
    at: new mongo.Timestamp(0n),
    count: points.count,
    points: new mongo.Binary(packPoints(points.united())),
  };
}
