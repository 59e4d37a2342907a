// @ts-check
// WHOOP on a loopback port, as far as a bench needs it: tokens, pages and the profile of one made-up member.
import { createServer } from 'node:http';

const COLLECTIONS = new Map([
  ['/developer/v2/cycle', 'cycles'],
  ['/developer/v2/recovery', 'recoveries'],
  ['/developer/v2/activity/sleep', 'sleeps'],
  ['/developer/v2/activity/workout', 'workouts'],
]);

/**
 * @param {any} member of `generateWhoopMember`
 * @returns {Promise<{url: string, takeRequests: () => number, close: () => void}>}
 */
export async function startWhoop(member) {
  let requests = 0;
  let tokens = 0;
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://whoop');
    request.resume();
    const answer = (/** @type {unknown} */ body) =>
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (url.pathname === '/oauth/oauth2/token') {
      tokens += 1;
      const pair = { access_token: `access-${tokens}`, refresh_token: `refresh-${tokens}` };
      return void answer({ ...pair, expires_in: 3600, scope: 'offline', token_type: 'bearer' });
    }
    requests += 1;
    const collection = COLLECTIONS.get(url.pathname);
    if (collection === undefined) return void answer(member.profile);
    answer(page(member, collection, url.searchParams));
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', () => done(undefined)));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    takeRequests: () => {
      const taken = requests;
      requests = 0;
      return taken;
    },
    close: () => server.close(),
  };
}

/** @param {any} member @param {string} collection @param {URLSearchParams} query */
function page(member, collection, query) {
  const start = Date.parse(query.get('start') ?? '1970-01-01');
  const ofSleep = new Map(member.sleeps.map((/** @type {any} */ sleep) => [sleep.id, sleep.start]));
  const startOf = (/** @type {any} */ record) => Date.parse(record.start ?? ofSleep.get(record.sleep_id));
  const records = member[collection]
    .filter((/** @type {any} */ record) => startOf(record) >= start)
    .sort((/** @type {any} */ a, /** @type {any} */ b) => startOf(b) - startOf(a));
  const limit = Number(query.get('limit') ?? 10);
  const from = Number(query.get('nextToken') ?? 0);
  return {
    records: records.slice(from, from + limit),
    next_token: from + limit < records.length ? String(from + limit) : null,
  };
}
