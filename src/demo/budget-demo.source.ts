import type { DemoSource } from './demo-source.js';

const LIMIT_USD = 5;

/** A limit on what the month's AI calls may cost. It tells nobody: the demo has no address to send to. */
export const budgetDemo: DemoSource = {
  name: 'Budget',

  async seed({ api, timeZone }) {
    const { budgets } = await api.get<{ budgets: object[] }>('/api/v1/budgets');
    if (budgets.length > 0) return;
    const settings = { limit_usd: LIMIT_USD, thresholds: [50, 80, 100], tz: timeZone };
    await api.post('/api/v1/budgets', { scope: 'all', period: 'month', ...settings });
  },

  curls({ api }) {
    return [api.curl({ method: 'GET', path: '/api/v1/budgets' })];
  },
};
