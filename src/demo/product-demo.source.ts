import type { DemoApi } from './demo-api.client.js';
import type { DemoContext, DemoSource } from './demo-source.js';
import { generateShopMonth, listDemoDays, type DemoEvent } from './product-demo.js';

const PROJECT_NAME = 'Demo Shop';
const PROJECT_KEY = 'Project key';
const TIME_ZONE = 'Time zone';
const BATCH = 500;
const IN_FLIGHT = 4;
const FUNNEL = ['view_item', 'add_to_cart', 'begin_checkout', 'purchase_success'];

interface Project {
  projectKey: string;
  timezone?: string;
}

export const productDemo: DemoSource = {
  name: PROJECT_NAME,

  async seed({ api, anchor, timeZone, facts, showProgress }) {
    const { projectKey, timezone } = await openProject(api, timeZone);
    facts.set(PROJECT_KEY, projectKey).set(TIME_ZONE, timezone);
    const events = generateShopMonth(anchor, timezone);
    const { totalEvents } = await api.get<{ totalEvents: number }>('/v1/reports/overview', { projectKey });
    if (totalEvents < events.length) await load(api, projectKey, events, showProgress);
  },

  curls({ api, anchor, facts }) {
    const projectKey = facts.get(PROJECT_KEY) ?? '';
    const days = listDemoDays(anchor, facts.get(TIME_ZONE) ?? 'UTC');
    const query = { projectKey, from: days[0]?.label ?? '', to: days.at(-1)?.label ?? '' };
    const series = { ...query, interval: 'day' };
    return [
      api.curl({ method: 'GET', path: '/v1/reports/overview', query }),
      api.curl({ method: 'POST', path: '/v1/reports/funnel', body: { projectKey, steps: FUNNEL, window: '1d' } }),
      api.curl({ method: 'GET', path: '/v1/reports/events-timeseries', query: series }),
    ];
  },
};

/** The project keeps the zone of the first start, in which the month's days are cut. */
async function openProject(api: DemoApi, timeZone: string): Promise<Required<Project>> {
  const { projects } = await api.get<{ projects: Project[] }>('/v1/projects', { name: PROJECT_NAME });
  // The newest first: the oldest is the demo's own, should the reader have made another of that name.
  const project = projects.at(-1) ?? (await api.post<Project>('/v1/projects', { name: PROJECT_NAME }));
  const { projectKey, timezone } = project;
  if (timezone !== undefined) return { projectKey, timezone };
  await api.patch(`/v1/projects/${projectKey}`, { timezone: timeZone });
  return { projectKey, timezone: timeZone };
}

/** Several batches at once. Whatever part of them was stored by an interrupted start is not stored again. */
async function load(
  api: DemoApi,
  projectKey: string,
  events: readonly DemoEvent[],
  showProgress: DemoContext['showProgress'],
): Promise<void> {
  let next = 0;
  let done = 0;
  const sendSome = async () => {
    while (next < events.length) {
      const batch = events.slice(next, next + BATCH);
      next += BATCH;
      await api.post('/v1/events/batch', { projectKey, events: batch });
      done += batch.length;
      showProgress(done, events.length);
    }
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, sendSome));
}
