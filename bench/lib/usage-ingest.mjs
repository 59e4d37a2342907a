// @ts-check
import { mkdirSync, rmSync } from 'node:fs';
import { resolve } from 'node:path';
import Libsql from 'libsql';
import pg from 'pg';

const BATCH = 1000;
const LANES = 4;
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

/**
 * @typedef {object} Ingest
 * @property {'postgres' | 'sqlite'} dialect
 * @property {string} url of the server
 * @property {string} key API key
 * @property {string} [databaseUrl]
 * @property {number} rows of each kind
 * @property {number} users
 */

/**
 * Rows a second: arrays of 1,000 over HTTP, four at a time, until each is acknowledged; and the bare driver, which inserts
 * the same raw rows in the same batches with the same durability, without any rollup. Nine tenths of the rows are of the
 * last minutes, as in life; the rest comes late, up to a day.
 * @param {Ingest} ingest
 */
export async function compareIngest(ingest) {
  const results = [];
  for (const { name, path, makeRow, isTarget } of kinds(ingest)) {
    // Once to warm up; prepared before the clock starts.
    await sendAll(ingest, path, bodies(10 * BATCH, makeRow));
    const prepared = bodies(ingest.rows, makeRow);
    const http = ingest.rows / (await sendAll(ingest, path, prepared));
    const driver = ingest.rows / (await insertAll(ingest, prepared));
    results.push({ name, http, driver, isTarget });
  }
  return results;
}

/** @param {Ingest} ingest */
function kinds({ users }) {
  let n = Date.now();
  const pick = (/** @type {number} */ count) => 1 + Math.floor(count * Math.random() ** 2);
  const live = () => Date.now() - (Math.random() < 0.9 ? Math.random() * 5 * MINUTE_MS : Math.random() * DAY_MS);
  let past = Date.now() - 60 * DAY_MS;
  /** @param {() => number} time */
  const activity = (time) => () => ({
    user_id: `user-${pick(users)}`,
    action: Math.random() < 0.2 ? 'login' : 'view',
    ip_address: '203.0.113.7',
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36',
    timestamp: Math.floor(time()),
    event_id: `live-${n++}`,
  });
  const models = ['gpt-4o', 'gpt-4o-mini', 'gemini-2.5-flash', 'text-embedding-3-small'];
  const call = () => ({
    user_id: `user-${pick(users / 10)}`,
    model_used: models[n % models.length],
    provider: 'openai',
    project: `project-${n % 8}`,
    call_type: n % models.length === 3 ? 'embedding' : 'completion',
    response_time: Math.round(1000 * -Math.log(1 - Math.random())) / 1000,
    tokens: 1200,
    input_tokens: 1000,
    cached_input_tokens: 400,
    output_tokens: 200,
    success: Math.random() > 0.02,
    timestamp: Math.floor(live()),
    event_id: `call-${n++}`,
  });
  return [
    { name: 'activities as they happen', path: '/api/v1/user-activity', makeRow: activity(live), isTarget: true },
    {
      name: 'activities of the past, in order of time',
      path: '/api/v1/user-activity',
      makeRow: activity(() => (past += 40)),
      isTarget: false,
    },
    { name: 'AI calls as they happen', path: '/api/v1/ai-call', makeRow: call, isTarget: true },
  ];
}

/** @param {number} rows @param {() => object} makeRow */
function bodies(rows, makeRow) {
  return Array.from({ length: Math.ceil(rows / BATCH) }, () => JSON.stringify(Array.from({ length: BATCH }, makeRow)));
}

/** @param {Ingest} ingest @param {string} path @param {string[]} prepared @returns {Promise<number>} seconds */
async function sendAll({ url, key }, path, prepared) {
  let next = 0;
  let inserted = 0;
  const began = performance.now();
  const lane = async () => {
    while (next < prepared.length) {
      const response = await fetch(`${url}${path}`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', 'x-api-key': key },
        body: prepared[next++],
      });
      const text = await response.text();
      if (response.status !== 201) throw new Error(`${path} answered ${response.status}: ${text}`);
      inserted += JSON.parse(text).inserted;
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  const seconds = (performance.now() - began) / 1000;
  if (inserted !== prepared.length * BATCH)
    throw new Error(`${inserted} rows were stored of ${prepared.length * BATCH}`);
  return seconds;
}

const COLUMNS = 'id, user_id, kind, occurred_at, event_id, details';

/** @param {Ingest} ingest @param {string[]} prepared @returns {Promise<number>} seconds */
async function insertAll({ dialect, databaseUrl }, prepared) {
  const rows = prepared.map((body) =>
    JSON.parse(body).map((/** @type {any} */ row) => [
      row.event_id,
      row.user_id,
      row.action ?? row.model_used,
      row.timestamp,
      row.event_id,
      row.user_agent ?? row.project,
    ]),
  );
  return dialect === 'postgres' ? insertIntoPostgres(String(databaseUrl), rows) : insertIntoSqlite(rows);
}

/** Keys and indexes as on the raw table. */
const TABLE = `CREATE TABLE bench_raw (id text NOT NULL, user_id text NOT NULL, kind text NOT NULL, occurred_at bigint NOT NULL,
  event_id text UNIQUE, details text, PRIMARY KEY (user_id, occurred_at, id))`;
const INDEX = 'CREATE INDEX bench_raw_time ON bench_raw (occurred_at)';

/** @param {string} url @param {any[][][]} batches */
async function insertIntoPostgres(url, batches) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('DROP TABLE IF EXISTS bench_raw');
    await client.query(TABLE);
    await client.query(INDEX);
    const began = performance.now();
    for (const batch of batches) {
      const columns = [0, 1, 2, 3, 4, 5].map((i) => batch.map((row) => row[i]));
      await client.query(
        `INSERT INTO bench_raw (${COLUMNS})
         SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::text[])`,
        columns,
      );
    }
    return (performance.now() - began) / 1000;
  } finally {
    await client.query('DROP TABLE IF EXISTS bench_raw');
    await client.end();
  }
}

/** @param {any[][][]} batches */
async function insertIntoSqlite(batches) {
  const folder = resolve('data');
  mkdirSync(folder, { recursive: true });
  const path = `${folder}/bench-raw-${process.pid}.sqlite`;
  const database = new Libsql(path);
  try {
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('PRAGMA synchronous = FULL');
    database.exec(TABLE);
    database.exec(INDEX);
    const statement = database.prepare(`INSERT INTO bench_raw (${COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)`);
    const began = performance.now();
    for (const batch of batches) {
      database.exec('BEGIN IMMEDIATE');
      for (const row of batch) statement.run(row);
      database.exec('COMMIT');
    }
    return (performance.now() - began) / 1000;
  } finally {
    database.close();
    for (const suffix of ['', '-wal', '-shm']) rmSync(path + suffix, { force: true });
  }
}
