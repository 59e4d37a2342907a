// @ts-check

const DAY_MS = 86_400_000;

/**
 * Every GET of usage analytics, over short and the longest ranges, in zones of whole, half and quarter hours.
 * @param {number} now
 * @returns {{name: string, paths: string[]}[]} paths that are asked for in turn
 */
export function reportRequests(now) {
  /** @param {number} ago days */
  const date = (ago) => new Date(now - ago * DAY_MS).toISOString().slice(0, 10);
  const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kolkata', 'Asia/Kathmandu'];
  const month = zones.map((tz, i) => `start=${date(29 + i * 60)}&end=${date(i * 60)}&tz=${tz}`);
  const year = zones.map((tz, i) => `start=${date(365 + i)}&end=${date(i)}&tz=${tz}`);
  const zoned = zones.map((tz) => `tz=${tz}`);
  /** @param {string} route @param {string[]} queries @param {string} [rest] */
  const of = (route, queries, rest = '') => queries.map((query) => `/api/v1/${route}?${query}${rest}`);
  return [
    { name: 'user-stats, 30 days', paths: of('user-stats', month) },
    { name: 'user-stats, 366 days', paths: of('user-stats', year) },
    { name: 'user-stats/active', paths: of('user-stats/active', zoned) },
    { name: 'user-stats/active, 366 days', paths: of('user-stats/active', zoned, '&days=366') },
    { name: 'user-stats/total', paths: ['/api/v1/user-stats/total'] },
    { name: 'ai-stats, 30 days', paths: of('ai-stats', month) },
    { name: 'ai-stats, 366 days', paths: of('ai-stats', year) },
    { name: 'ai-stats, 366 days, one model', paths: of('ai-stats', year, '&model=gpt-4o-mini') },
    { name: 'ai-stats, 366 days, embeddings', paths: of('ai-stats', year, '&call_type=embedding') },
    { name: 'ai-stats, 366 days, the busiest user', paths: of('ai-stats', year, '&user_id=user-1') },
    { name: 'ai-stats/models, 30 days', paths: of('ai-stats/models', month) },
    { name: 'ai-stats/models, 366 days', paths: of('ai-stats/models', year) },
    { name: 'ai-stats/users, 30 days', paths: of('ai-stats/users', month) },
    { name: 'ai-stats/users, 366 days', paths: of('ai-stats/users', year) },
    {
      name: 'stats/daily',
      paths: of(
        'stats/daily',
        zones.map((tz, i) => `date=${date(i * 30)}&tz=${tz}`),
      ),
    },
    { name: 'stats/summary, 30 days', paths: of('stats/summary', month) },
    { name: 'stats/summary, 366 days', paths: of('stats/summary', year) },
    { name: 'stats/weekly', paths: of('stats/weekly', zoned) },
    { name: 'stats/monthly', paths: of('stats/monthly', zoned) },
    { name: 'dashboard, 30 days', paths: of('dashboard', zoned) },
  ];
}
