// @ts-check
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { mongo } from 'mongoose';

const TASKS_LIMIT_MS = 120_000;

/**
 * @typedef {object} Stores
 * @property {string} uri of MongoDB
 * @property {string} database in it
 * @property {string} sqlUrl
 */
/** @typedef {{rows: number, ids: number, first: number, last: number}} Count ids: different ones; by their numbers */

/** What is stored, counted in the stores themselves. @param {Stores} stores */
export async function countStored({ uri, database, sqlUrl }) {
  const client = await new mongo.MongoClient(uri).connect();
  const sql = new pg.Client({ connectionString: sqlUrl });
  await sql.connect();
  try {
    const db = client.db(database);
    return {
      events: await countDocuments(db.collection('events')),
      activities: await countRows(sql, 'usage_activities'),
      calls: await countRows(sql, 'usage_ai_calls'),
      browsing: await countDocuments(db.collection('browser_events')),
    };
  } finally {
    await Promise.all([client.close(), sql.end()]);
  }
}

/** @param {mongo.Collection} collection @returns {Promise<Count>} */
async function countDocuments(collection) {
  const ids = new Set();
  let [rows, first, last] = [0, Infinity, -1];
  for await (const { eventId } of collection.find({}, { projection: { _id: 0, eventId: 1 }, batchSize: 20_000 })) {
    const number = Number(String(eventId).slice(2));
    rows++;
    ids.add(eventId);
    first = Math.min(first, number);
    last = Math.max(last, number);
  }
  return { rows, ids: ids.size, first, last };
}

/** @param {pg.Client} sql @param {string} table @returns {Promise<Count>} */
async function countRows(sql, table) {
  const number = 'substr(event_id, 3)::bigint';
  const answer = await sql.query(
    `SELECT count(*) AS rows, count(DISTINCT event_id) AS ids, min(${number}) AS first, max(${number}) AS last FROM ${table}`,
  );
  const [{ rows, ids, first, last }] = answer.rows;
  return { rows: Number(rows), ids: Number(ids), first: Number(first), last: Number(last) };
}

/**
 * Waits until the tasks have ended, then tells what is wrong with them.
 * @param {Stores} stores @param {string[]} taskIds as they were answered
 */
export async function checkTasks({ uri, database }, taskIds) {
  const client = await new mongo.MongoClient(uri).connect();
  try {
    const tasks = client.db(database).collection('report_tasks');
    const limit = Date.now() + TASKS_LIMIT_MS;
    while ((await tasks.countDocuments({ endedAt: { $exists: false } })) > 0 && Date.now() < limit) await sleep(250);
    const parts = client.db(database).collection('report_parts');
    const wrong = [];
    const all = await tasks.find({}).toArray();
    const byId = new Map(all.map((task) => [String(task._id), task]));
    if (new Set(taskIds).size !== taskIds.length) wrong.push('two orders were answered with one task');
    if (byId.size !== taskIds.length) wrong.push(`${taskIds.length} orders made ${byId.size} tasks`);
    for (const taskId of taskIds) {
      const task = byId.get(taskId);
      if (task?.end !== 'completed') {
        wrong.push(`task ${taskId}: ${task === undefined ? 'lost' : (task.end ?? 'not ended')}`);
        continue;
      }
      // One text, of the run that ended it, and nothing of a run that was cut off.
      const stored = await parts.find({ taskId }, { projection: { fencingToken: 1, part: 1 } }).toArray();
      const ofRun = stored.filter(({ fencingToken }) => fencingToken === task.made?.fencingToken);
      if (ofRun.length !== task.made?.parts || stored.length !== ofRun.length)
        wrong.push(`task ${taskId}: ${stored.length} parts are stored, ${ofRun.length} of the run that ended it`);
    }
    return wrong;
  } finally {
    await client.close();
  }
}
