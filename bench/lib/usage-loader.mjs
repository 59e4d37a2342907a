// @ts-check
// Raw rows are made inside PostgreSQL, and rollups from them by the product's own command.
import { spawn } from 'node:child_process';
import { importBuilt } from './built.mjs';

/**
 * @typedef {object} Sizes
 * @property {number} rows activities
 * @property {number} calls AI calls
 * @property {number} users
 * @property {number} aiUsers users who call models
 * @property {number} days over which the rows are spread
 */

/** Activities in a session. */
const PER_SESSION = 4;
const MODELS = [
  ['openai', 'gpt-4o', 'completion', 18],
  ['openai', 'gpt-4o-mini', 'completion', 40],
  ['openai', 'gpt-4.1', 'completion', 52],
  ['gemini', 'gemini-2.5-flash', 'completion', 66],
  ['gemini', 'gemini-2.5-pro', 'completion', 72],
  ['openai', 'text-embedding-3-small', 'embedding', 94],
  ['acme', 'acme-experimental-1', 'completion', 100],
];

/** @param {{url: string, use: (work: (client: import('pg').Client) => Promise<void>) => Promise<void>}} database @param {Sizes} sizes */
export async function loadUsage(database, sizes) {
  const { migrate } = await importBuilt('infra/sql/migrator.js');
  await migrate({ dialect: 'postgres', location: database.url });
  await timed('activities', sizes.rows, () => database.use((client) => loadActivities(client, sizes)));
  await timed('AI calls', sizes.calls, () => database.use((client) => loadCalls(client, sizes)));
  await timed('rollups of all', sizes.rows + sizes.calls, () => rebuild(database.url));
  await database.use(async (client) => {
    await client.query('VACUUM ANALYZE');
    const { rows } = await client.query(
      `SELECT relname AS name, reltuples::bigint AS rows, pg_total_relation_size(oid) / 1024 / 1024 AS mb
       FROM pg_class WHERE relkind = 'r' AND relname LIKE 'usage%' ORDER BY 3 DESC`,
    );
    console.log(`\n| table | rows | MB with indexes |\n| --- | --: | --: |`);
    for (const { name, rows: count, mb } of rows) console.log(`| ${name} | ${count} | ${mb} |`);
  });
}

/** @param {import('pg').Client} client @param {Sizes} sizes */
async function loadActivities(client, { rows, users, days }) {
  await client.query(
    `INSERT INTO usage_names (kind, name) SELECT 'user', 'user-' || n FROM generate_series(1, ${users}) n`,
  );
  await client.query('SELECT setseed(0.25)');
  // Few users come often and most now and then; by day more than by night; and a session is a few actions long.
  await client.query(
    `INSERT INTO usage_activities
       (user_id, occurred_at, id, event_id, action, session_id, ip_address, user_agent, received_at, clamped)
     SELECT s.user_id, s.at + e.n * (20000 + (s.session * 7919 % 400000)), 'r' || (s.session * ${PER_SESSION} + e.n),
       'bench-' || (s.session * ${PER_SESSION} + e.n),
       (ARRAY['login', 'view', 'view', 'export'])[e.n + 1], NULL, '203.0.113.0', 'Mozilla/5.0 (X11; Linux x86_64)',
       s.at, false
     FROM (
       SELECT session, 1 + floor(${users} * power(random(), 2))::int AS user_id,
         ((extract(epoch FROM now())::bigint / 86400 - floor(random() * ${days})::bigint) * 86400
           + ((8 + 12 * (random() + random()) / 2) * 3600)::bigint) * 1000 - 86400000 + floor(random() * 1000)::bigint AS at
       FROM generate_series(1, ${Math.ceil(rows / PER_SESSION)}::bigint) session
     ) s CROSS JOIN generate_series(0, ${PER_SESSION - 1}) e(n)
     ORDER BY s.at`,
  );
}

/** @param {import('pg').Client} client @param {Sizes} sizes */
async function loadCalls(client, { calls, aiUsers, days }) {
  await client.query(
    `INSERT INTO usage_names (kind, name) SELECT 'project', 'project-' || n FROM generate_series(1, 8) n`,
  );
  for (const [provider, model, type] of MODELS) {
    await client.query(
      'INSERT INTO usage_series (provider, model, call_type, split, input_above) VALUES ($1, $2, $3, 3, 0)',
      [provider, model, type],
    );
  }
  const series = MODELS.map(
    ([, model, , share]) => `WHEN c.pick < ${share} THEN (SELECT id FROM usage_series WHERE model = '${model}')`,
  );
  await client.query('SELECT setseed(0.5)');
  await client.query(
    `INSERT INTO usage_ai_calls (occurred_at, id, user_id, series_id, project_id, event_id, response_us, tokens, input_tokens,
       cached_input_tokens, output_tokens, reasoning_tokens, success, error, received_at, clamped)
     SELECT c.at, 'c' || c.n, c.user_id, CASE ${series.join(' ')} END, p.first + c.n % 8, 'bench-' || c.n,
       (exp(13.5 + 0.8 * (c.g - 2)))::bigint, c.input + c.output, c.input, c.input / 2, c.output, 0, c.pick <> 7, NULL, c.at, false
     FROM (
       SELECT n, 1 + floor(${aiUsers} * power(random(), 2))::int AS user_id, floor(random() * 100)::int AS pick,
         floor(random() * 6000)::int AS input, floor(random() * 900)::int AS output,
         random() + random() + random() + random() AS g,
         ((extract(epoch FROM now())::bigint / 86400 - floor(random() * ${days})::bigint) * 86400
           + ((6 + 16 * (random() + random()) / 2) * 3600)::bigint) * 1000 - 86400000 + floor(random() * 1000)::bigint AS at
       FROM generate_series(1, ${calls}::bigint) n
     ) c CROSS JOIN (SELECT MIN(id) AS first FROM usage_names WHERE kind = 'project') p
     ORDER BY c.at`,
  );
}

/** @param {string} url */
function rebuild(url) {
  return /** @type {Promise<void>} */ (
    new Promise((resolve, reject) => {
      const env = { ...process.env, DATABASE_URL: url };
      const child = spawn(process.execPath, ['dist/rebuild-usage.js'], { env, stdio: ['ignore', 'ignore', 'inherit'] });
      child.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`usage:rebuild ended with ${code}`))));
      child.on('error', reject);
    })
  );
}

/** @param {string} what @param {number} rows @param {() => Promise<void>} work */
async function timed(what, rows, work) {
  const began = performance.now();
  await work();
  const seconds = (performance.now() - began) / 1000;
  console.log(`${what}: ${rows} rows in ${seconds.toFixed(1)} s (${Math.round(rows / seconds)}/s)`);
}
