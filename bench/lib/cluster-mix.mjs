// @ts-check
// What the clients of a cluster send: rows whose ids are numbered without a gap, so that a count at the end can prove that
// each is there once.

export const EVENTS = 50;
export const ROWS = 100;
const NAMES = ['app_open', 'screen_view', 'button_click', 'view_item', 'add_to_cart'];
const MODELS = ['gpt-4o', 'gpt-4o-mini', 'gemini-2.5-flash', 'text-embedding-3-small'];
const RECENT_MS = 60_000;
/** Of twenty requests; the rest are reads. @type {readonly Kind[]} */
export const TURNS = [
  ...['events', 'activities', 'events', 'calls', 'read', 'events', 'browsing', 'events', 'activities', 'read'],
  ...['events', 'calls', 'events', 'browsing', 'read', 'events', 'activities', 'events', 'calls', 'read'],
].map((kind) => /** @type {Kind} */ (kind));

/** @typedef {'events' | 'activities' | 'calls' | 'browsing'} RowKind */
/** @typedef {RowKind | 'read'} Kind */

/** @type {Record<RowKind, {path: string, size: number}>} */
export const WRITES = {
  events: { path: '/v1/events/batch', size: EVENTS },
  activities: { path: '/api/v1/user-activity', size: ROWS },
  calls: { path: '/api/v1/ai-call', size: ROWS },
  browsing: { path: '/api/events/sync', size: ROWS },
};

/** @param {RowKind} kind @param {number} first number of the first row @param {string} projectKey @returns {object} */
export function bodyOf(kind, first, projectKey) {
  const rows = Array.from({ length: WRITES[kind].size }, (_, i) => MAKERS[kind](first + i, Date.now()));
  if (kind === 'events') return { projectKey, events: rows };
  return kind === 'browsing' ? { events: rows } : rows;
}

/** @type {Record<RowKind, (n: number, now: number) => object>} */
const MAKERS = {
  events: (n, now) => ({
    eventId: `e-${n}`,
    eventName: NAMES[n % NAMES.length],
    timestamp: new Date(now - ((n * 7919) % RECENT_MS)).toISOString(),
    anonymousId: `anon-${(n * 7919) % 2000}`,
    sessionId: `session-${n % 5000}`,
    properties: { screen_name: `Screen ${n % 7}`, item_id: `sku-${n % 400}`, price: n % 500, country: 'DE' },
  }),
  // Two names that a report counts, so that it must count every row.
  activities: (n, now) => ({
    event_id: `a-${n}`,
    user_id: `user-${(n * 7919) % 5000}`,
    action: n % 10 === 0 ? 'registration' : 'login',
    ip_address: '203.0.113.7',
    user_agent: 'Mozilla/5.0 (X11; Linux x86_64)',
    timestamp: now - ((n * 7919) % RECENT_MS),
  }),
  calls: (n, now) => ({
    event_id: `c-${n}`,
    user_id: `user-${(n * 7919) % 500}`,
    model_used: MODELS[n % MODELS.length],
    provider: 'openai',
    project: `project-${n % 8}`,
    call_type: n % MODELS.length === 3 ? 'embedding' : 'completion',
    response_time: (n % 900) / 100,
    tokens: 1200,
    input_tokens: 1000,
    output_tokens: 200,
    success: n % 50 > 0,
    timestamp: now - ((n * 7919) % RECENT_MS),
  }),
  browsing(n, now) {
    const ts = now - ((n * 7919) % RECENT_MS);
    const page = { tabId: n % 25, windowId: 1, url: `https://site-${n % 300}.example/${n}`, title: `Page ${n % 300}` };
    return { _id: `b-${n}`, v: 1, type: 'TAB_ACTIVATED', ts, payload: { type: 'TAB_ACTIVATED', ts, ...page } };
  },
};

/** @param {number} turn @param {string} projectKey */
export function readOf(turn, projectKey) {
  const reads = [
    `/v1/reports/overview?projectKey=${projectKey}`,
    '/api/v1/user-stats/active',
    '/api/v1/ai-stats/models',
    '/api/events/count',
    `/v1/reports/top-events?projectKey=${projectKey}`,
  ];
  return reads[turn % reads.length] ?? '';
}
