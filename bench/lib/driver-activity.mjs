// @ts-check
// The yardstick: the bare MongoDB driver's `insertMany` with the documents that the server would store for these points.
import { mongo } from 'mongoose';
import { ActivityMonth } from './activity-lines.mjs';
import { importBuilt } from './built.mjs';
import { runInLanes } from './lanes.mjs';
import { serveWorker } from './worker.mjs';

const [{ readBody }, { SeriesMemory }, { PointGroups }, { FieldTypes }, { packPoints }, { endOfActivity }] =
  await Promise.all([
    importBuilt('modules/activity/ingest/body-lines.js'),
    importBuilt('modules/activity/ingest/known-series.js'),
    importBuilt('modules/activity/embedded/point-groups.js'),
    importBuilt('modules/activity/embedded/field-types.js'),
    importBuilt('modules/activity/packing/packed-points.js'),
    importBuilt('modules/activity/embedded/activity-end.js'),
  ]);

/**
 * A point as a client holds it before it writes: what a line says, read. The members of its fields are those that a
 * reader of lines shows.
 * @typedef {{series: string, read: any, org: string, ms: number, nanos: number, fieldCount: number, keys: string[],
 *   types: number[], numbers: number[], texts: string[], wide: (bigint | null)[]}} Point
 */

/** @type {Point[][]} by body */
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
    for (let i = 0; i < count; i++) bodies.push(await pointsOf(source.body(first + i)));
    documents = bodies.map(toDocuments);
  },

  /**
   * @param {{uri: string, database: string, collection: string, writeConcern: {w: number | 'majority', j: boolean}, lanes: number, packing: boolean}} target
   *   `packing`: documents are made from the points while the clock runs, as any client of the layout must do
   */
  async run({ uri, database, collection, writeConcern, lanes, packing }) {
    client ??= await new mongo.MongoClient(uri, { maxPoolSize: 32, minPoolSize: lanes }).connect();
    const points = client.db(database).collection(collection);
    return runInLanes(lanes, bodies.length, async (job) => {
      const made = packing ? toDocuments(bodies[job] ?? []) : (documents[job] ?? []);
      await points.insertMany(made, { ordered: false, writeConcern });
    });
  },
});

/** @param {Buffer} body @returns {Promise<Point[]>} */
async function pointsOf(body) {
  /** @type {Point[]} */
  const points = [];
  const sink = {
    open: (/** @type {any} */ read, /** @type {string} */ org) => ({ read, org }),
    take(/** @type {any} */ { read, org }, /** @type {any} */ reader, /** @type {{ms: number, nanos: number}} */ time) {
      const { series, fieldCount, keys, types, numbers, texts, wide } = reader;
      const fields = [keys, types, numbers, texts, wide].map((list) => list.slice(0, fieldCount));
      points.push({
        series,
        read,
        org,
        ...time,
        fieldCount,
        .../** @type {any} */ (
          Object.fromEntries(['keys', 'types', 'numbers', 'texts', 'wide'].map((name, i) => [name, fields[i]]))
        ),
      });
      return null;
    },
  };
  await readBody({ body, precision: 'ns', org: null, receivedAt: 0 }, sink, new SeriesMemory());
  return points;
}

/** @param {readonly Point[]} points */
function toDocuments(points) {
  const groups = new PointGroups({ refusalOf: () => null }, new FieldTypes());
  const known = new Map();
  for (const point of points) {
    let series = known.get(point.series);
    if (series === undefined) known.set(point.series, (series = groups.open(point.read, point.org)));
    groups.take(series, point, point);
  }
  return groups.list().map(toDocument);
}

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
