import { SampleMemberService } from '../modules/whoop/records/sample-member.service.js';
import type { DemoSource } from './demo-source.js';
import { generateWhoopMember } from './whoop-member.js';

export const WHOOP_DEMO_SEED = 2025;
export const WHOOP_DEMO_DAYS = 365;

/** A year of a member's recovery, sleep, strain and workouts. */
export const whoopDemo: DemoSource = {
  name: 'a year of WHOOP',

  async seed({ anchor, resolve, showProgress }) {
    const member = generateWhoopMember({ seed: WHOOP_DEMO_SEED, end: anchor, days: WHOOP_DEMO_DAYS });
    const { profile, sleeps: sleep, cycles, recoveries: recovery, workouts } = member;
    await resolve(SampleMemberService).load({ profile, records: { sleep, cycles, recovery, workouts } }, showProgress);
  },

  curls({ api }) {
    return [
      api.curl({ method: 'GET', path: '/api/whoop/metrics', query: { days: '365' } }),
      api.curl({ method: 'GET', path: '/api/whoop/sleep', query: { days: '7', include_naps: 'true' } }),
      api.curl({ method: 'GET', path: '/api/whoop/recovery/latest' }),
    ];
  },
};
