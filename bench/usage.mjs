// @ts-check
// npm run bench:usage [-- --rows 10000000 --calls 5000000 --users 50000 --ai-users 4000 --days 400 --repeats 40 --ingest 60000]
// Usage analytics on PostgreSQL with many rows: how long reports take, and how many rows a second come in over HTTP on
// PostgreSQL and on SQLite, beside the bare drivers. Makes a database of its own and drops it. See README.md.
import { loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { post, register } from './lib/api.mjs';
import { percentile } from './lib/statistics.mjs';
import { startServer } from './lib/processes.mjs';
import { createBenchDatabase } from './lib/bench-database.mjs';
import { loadUsage } from './lib/usage-loader.mjs';
import { reportRequests } from './lib/usage-requests.mjs';
import { compareIngest } from './lib/usage-ingest.mjs';

const TARGET_MS = 100;
/** @type {Record<'postgres' | 'sqlite', number>} */
const TARGET_ROWS = { postgres: 15_000, sqlite: 10_000 };

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '10000000' },
    calls: { type: 'string', default: '5000000' },
    users: { type: 'string', default: '50000' },
    'ai-users': { type: 'string', default: '4000' },
    days: { type: 'string', default: '390' },
    repeats: { type: 'string', default: '40' },
    ingest: { type: 'string', default: '60000' },
  },
});
const sizes = {
  rows: Number(values.rows),
  calls: Number(values.calls),
  users: Number(values.users),
  aiUsers: Number(values['ai-users']),
  days: Number(values.days),
};

const startedAt = Date.now();
console.log(`Node ${process.version}; load of the machine before: ${(loadavg()[0] ?? 0).toFixed(1)}`);
const database = await createBenchDatabase();
let isWithinTargets = true;
try {
  await loadUsage(database, sizes);
  const server = await startServer({ env: { DATABASE_URL: database.url } });
  try {
    const token = await register(server.url);
    await measureReports(server.url, token);
    await measureIngest('postgres', server.url, token, database.url);
  } finally {
    await server.stop();
  }
} finally {
  await database.drop();
}
const server = await startServer({});
try {
  await measureIngest('sqlite', server.url, await register(server.url));
} finally {
  await server.stop();
}
console.log(`\n${Math.round((Date.now() - startedAt) / 1000)} s in all; targets ${isWithinTargets ? 'met' : 'MISSED'}`);
if (!isWithinTargets) process.exitCode = 1;

/** @param {string} url @param {string} token */
async function measureReports(url, token) {
  console.log(`\n| report | p50 ms | p95 ms | slowest ms | answer KB |\n| --- | --: | --: | --: | --: |`);
  for (const { name, paths } of reportRequests(Date.now())) {
    /** @type {number[]} */
    const times = [];
    let bytes = 0;
    for (let i = -paths.length; i < Number(values.repeats); i++) {
      const began = performance.now();
      const path = /** @type {string} */ (paths[(i + paths.length) % paths.length]);
      const response = await fetch(`${url}${path}`, { headers: { authorization: `Bearer ${token}` } });
      const text = await response.text();
      if (!response.ok) throw new Error(`${path} answered ${response.status}: ${text}`);
      // Each once for the caches of the database, which in life are warm too.
      if (i >= 0) times.push(performance.now() - began);
      bytes = Math.max(bytes, text.length);
    }
    const p95 = percentile(times, 0.95);
    if (p95 > TARGET_MS) isWithinTargets = false;
    const figures = [percentile(times, 0.5), p95, Math.max(...times), bytes / 1024].map((value) => value.toFixed(1));
    console.log(`| ${name} | ${figures.join(' | ')} |${p95 > TARGET_MS ? ' ← above the target' : ''}`);
  }
}

/** @param {'postgres' | 'sqlite'} dialect @param {string} url @param {string} token @param {string} [databaseUrl] */
async function measureIngest(dialect, url, token, databaseUrl) {
  const { key } = await post(url, '/api/auth/api-keys', { name: 'bench', scopes: ['ingest'] }, token);
  const results = await compareIngest({
    dialect,
    url,
    key,
    databaseUrl,
    rows: Number(values.ingest),
    users: sizes.users,
  });
  console.log(
    `\n| ingest on ${dialect} | rows/s over HTTP | bare driver, raw rows alone | share |\n| --- | --: | --: | --: |`,
  );
  for (const { name, http, driver, isTarget } of results) {
    const isMissed = isTarget && http < TARGET_ROWS[dialect];
    if (isMissed) isWithinTargets = false;
    const share = `${Math.round((100 * http) / driver)} %`;
    console.log(
      `| ${name} | ${Math.round(http)} | ${Math.round(driver)} | ${share} |${isMissed ? ' ← below the target' : ''}`,
    );
  }
}
