// @ts-check
// What the bare engine needs for the figures of a report: the limit that rollups are there to pass.
import { HISTORY_END, HISTORY_START } from './shop-history.mjs';
import { FUNNEL } from './shop-visits.mjs';

/** @typedef {import('mongoose').mongo.Db} Database */
/** @typedef {{name: string, run: (db: Database, projectKey: string) => Promise<unknown>}} Yardstick */

const BY_NAME = { projectKey: 1, eventName: 1, timestamp: 1 };
const BY_TIME = { projectKey: 1, timestamp: 1 };
const HOUR_MS = 3_600_000;
const BATCH = 5000;
const WHOLE = { $gte: new Date(HISTORY_START), $lt: new Date(HISTORY_END) };
const PERSON = { $ifNull: ['$userId', '$anonymousId'] };

/** @type {Yardstick[]} */
export const YARDSTICKS = [
  {
    name: 'count by name',
    run: (db, projectKey) =>
      aggregate(db, BY_NAME, [
        { $match: { projectKey, timestamp: WHOLE } },
        { $group: { _id: '$eventName', count: { $sum: 1 } } },
      ]),
  },
  {
    name: 'count by hour',
    run: (db, projectKey) =>
      aggregate(db, BY_TIME, [
        { $match: { projectKey, timestamp: WHOLE } },
        { $group: { _id: { $floor: { $divide: [{ $toLong: '$timestamp' }, HOUR_MS] } }, count: { $sum: 1 } } },
      ]),
  },
  {
    name: 'distinct ids',
    run: (db, projectKey) =>
      aggregate(db, BY_TIME, [
        { $match: { projectKey, timestamp: WHOLE } },
        { $group: { _id: PERSON } },
        { $count: 'persons' },
      ]),
  },
  {
    name: 'funnel, grouped in the engine',
    run: async (db, projectKey) => {
      const chains = await aggregate(db, BY_NAME, [
        { $match: { projectKey, eventName: { $in: FUNNEL }, timestamp: WHOLE } },
        { $sort: { timestamp: 1 } },
        { $group: { _id: PERSON, names: { $push: '$eventName' } } },
      ]);
      const steps = FUNNEL.map(() => 0);
      for (const { names } of chains) {
        let step = 0;
        for (const name of names) if (name === FUNNEL[step]) steps[step] = (steps[step++] ?? 0) + 1;
      }
      return steps;
    },
  },
  {
    name: 'funnel, events read',
    run: async (db, projectKey) => {
      /** @type {Map<string, number>} */
      const reached = new Map();
      const events = db.collection('events').find(
        { projectKey, eventName: { $in: FUNNEL }, timestamp: WHOLE },
        {
          hint: BY_NAME,
          sort: { timestamp: 1 },
          projection: { _id: 0, eventName: 1, timestamp: 1, userId: 1, anonymousId: 1 },
          batchSize: BATCH,
        },
      );
      for await (const { userId, anonymousId, eventName } of events) {
        const person = userId ?? anonymousId;
        const step = reached.get(person) ?? 0;
        if (FUNNEL[step] === eventName) reached.set(person, step + 1);
      }
      return FUNNEL.map((_, step) => [...reached.values()].filter((most) => most > step).length);
    },
  },
];

/** @param {Database} db @param {Record<string, number>} hint @param {object[]} pipeline @returns {Promise<any[]>} */
function aggregate(db, hint, pipeline) {
  return db
    .collection('events')
    .aggregate(pipeline, { hint, allowDiskUse: true, cursor: { batchSize: BATCH } })
    .toArray();
}
