import type { DemoSource } from './demo-source.js';
import { DEMO_TEAM, generateTeamWeeks, listTeamDays } from './team-demo.js';

const ORG = 'Demo Team';
const TIME_ZONE = 'Time zone';

export const teamDemo: DemoSource = {
  name: ORG,

  async seed({ api, anchor, timeZone, facts, showProgress }) {
    const zone = facts.get(TIME_ZONE) ?? timeZone;
    facts.set(TIME_ZONE, zone).set('Organization', ORG);
    const { orgs } = await api.get<{ orgs: { name: string }[] }>('/api/orgs');
    // It comes to be with its points, which are one body.
    if (orgs.some(({ name }) => name === ORG)) return;
    const lines = generateTeamWeeks(ORG, anchor, zone);
    await api.postText('/api/v2/write', { precision: 'ms' }, lines.join('\n'));
    showProgress(lines.length, lines.length);
  },

  curls({ api, anchor, facts }) {
    const days = listTeamDays(anchor, facts.get(TIME_ZONE) ?? 'UTC');
    const body = {
      org: ORG,
      users: DEMO_TEAM.map(({ name }) => name),
      startDate: days[0]?.label,
      endDate: days.at(-1)?.label,
      tz: facts.get(TIME_ZONE),
    };
    return [api.curl({ method: 'POST', path: '/api/reports/generate', body })];
  },
};
