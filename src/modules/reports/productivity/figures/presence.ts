import type { ActivityColumns, Stretches } from './activity-columns.js';
import { difference, unionOf, type Intervals } from './intervals.js';

/** What a person did, over all computers; the three never overlap. */
export interface Presence {
  active: Intervals;
  idle: Intervals;
  afk: Intervals;
}

/** At every instant active wins over idle, and idle over afk. What no point covers is none of the three. */
export function presenceOf({ statuses }: ActivityColumns): Presence {
  const active = covered(statuses.active);
  const idle = difference(covered(statuses.idle), active);
  const afk = difference(difference(covered(statuses.afk), active), idle);
  return { active, idle, afk };
}

function covered(stretches: Stretches): Intervals {
  const { starts, ends } = stretches.columns();
  return unionOf(starts, ends);
}
