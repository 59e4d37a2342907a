/** Bodies of the funnel to try; the first is what Swagger UI shows, and holds nothing that narrows the events. */
export const FUNNEL_EXAMPLES: Record<string, { summary: string; value: object }> = {
  simple: {
    summary: 'Two steps, over all time',
    value: { projectKey: 'a1b2c3d4e5f6', steps: ['app_open', 'purchase_success'] },
  },
  window: {
    summary: 'Within 14 days of the first step, of events with a property, for each country',
    value: {
      projectKey: 'a1b2c3d4e5f6',
      steps: ['app_open', 'screen_view', 'login_success', 'purchase_success'],
      from: '2025-01-01',
      to: '2025-01-31',
      tz: 'Europe/Berlin',
      window: '14d',
      filter: { 'properties.country': { in: ['DE', 'FR'] } },
      breakdown: 'properties.country',
    },
  },
  process: {
    summary: 'Runs of one process',
    value: {
      projectKey: 'a1b2c3d4e5f6',
      steps: ['checkout_started', 'checkout_completed'],
      mode: 'PROCESS',
      processName: 'checkout',
      window: '30m',
    },
  },
};
