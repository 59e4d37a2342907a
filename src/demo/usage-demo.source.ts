import type { DemoSource } from './demo-source.js';
import { generateUsage } from './usage-demo.js';

const BATCH = 500;
const TIME_ZONE = 'Time zone';

/** Activity and AI calls of a product's users. */
export const usageDemo: DemoSource = {
  name: 'usage of a product',

  async seed({ api, anchor, timeZone, facts, showProgress }) {
    const { activities, calls } = generateUsage(anchor, facts.get(TIME_ZONE) ?? timeZone);
    const users = new Set(activities.map(({ user_id }) => user_id)).size;
    const { total_users } = await api.get<{ total_users: number }>('/api/v1/user-stats/total');
    if (total_users >= users) return;
    const total = activities.length + calls.length;
    let done = 0;
    // AI calls first: whoever is interrupted begins again while the users are not all there.
    for (const [path, rows] of [
      ['/api/v1/ai-call', calls],
      ['/api/v1/user-activity', activities],
    ] as const) {
      for (let i = 0; i < rows.length; i += BATCH) {
        const batch = rows.slice(i, i + BATCH);
        await api.post(path, batch);
        done += batch.length;
        showProgress(done, total);
      }
    }
  },

  curls({ api }) {
    return [
      api.curl({ method: 'GET', path: '/api/v1/dashboard' }),
      api.curl({ method: 'GET', path: '/api/v1/ai-stats/models' }),
      api.curl({ method: 'GET', path: '/api/v1/user-stats/active', query: { days: '7' } }),
    ];
  },
};
