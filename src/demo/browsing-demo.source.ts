import { BROWSING_DAYS, generateBrowsing } from './browsing-demo.js';
import type { DemoSource } from './demo-source.js';

const TIME_ZONE = 'Time zone';
const BATCH = 500;

export const browsingDemo: DemoSource = {
  name: 'four weeks of browsing',

  async seed({ api, anchor, timeZone, facts, showProgress }) {
    const events = generateBrowsing(anchor, facts.get(TIME_ZONE) ?? timeZone);
    const { count } = await api.get<{ count: number }>('/api/events/count');
    if (count >= events.length) return;
    for (let done = 0; done < events.length;) {
      const batch = events.slice(done, done + BATCH);
      await api.post('/api/events/sync', { events: batch });
      done += batch.length;
      showProgress(done, events.length);
    }
  },

  curls({ api, timeZone, facts }) {
    const query = { days: '7', tz: facts.get(TIME_ZONE) ?? timeZone };
    return [
      api.curl({ method: 'GET', path: '/api/analytics/time-spent', query }),
      api.curl({ method: 'GET', path: '/api/analytics/productivity', query }),
      api.curl({ method: 'GET', path: '/api/analytics/patterns', query: { ...query, days: String(BROWSING_DAYS) } }),
      api.curl({ method: 'GET', path: '/api/ai/weekly-report', query: { tz: query.tz } }),
    ];
  },
};
