import { EventLoopTurns } from '../../../../common/event-loop-turns.js';
import type { Funnel } from './funnel.js';
import { median } from '../figures/order-statistics.js';

/** Values of a breakdown that are listed. */
export const MAX_BREAKDOWN_VALUES = 25;

export interface FunnelStepResult {
  eventName: string;
  /** Persons who came as far as this step. */
  users: number;
  conversionRate: number;
  dropOff: number;
  medianSecondsFromPrevious: number | null;
  /** Of the users those who are at exactly this step and may still come to the next. */
  inProgress: number;
}

export interface FunnelGroupResult {
  value: string;
  steps: FunnelStepResult[];
}

export interface FunnelBreakdown {
  breakdown: FunnelGroupResult[];
  /** Values with persons at step 1 that are not listed. */
  otherValues: number;
}

/** How the figures of a funnel are to be read. */
export interface FunnelReading {
  /** Name of each step. */
  eventNames: readonly string[];
  windowMs: number;
  /** The time of the report, epoch milliseconds. */
  now: number;
}

/**
 * Figures per step. Rates are 0 where nobody could have gone on.
 *
 * In progress at a step is who stands at exactly this one (the deepest reached) and whose window is not over: now is
 * not after begin + window, the begin being that of their latest chain that came as far; the window's end belongs to
 * it. Without a window everybody who is not done is in progress. At the last step nobody is.
 */
export async function funnelSteps(funnel: Funnel, reading: FunnelReading): Promise<FunnelStepResult[]> {
  const members = new Int32Array(funnel.persons);
  let count = 0;
  for (let i = 0; i < members.length; i++) if (funnel.depthOf(i) > 0) members[count++] = i;
  return stepsOf(funnel, members.subarray(0, count), reading);
}

/**
 * The same for each value of the breakdown. A person belongs to the value of the event that fills step 1 of their
 * deepest chain, so that the groups add up to the whole. The values with the most persons at step 1 are listed, ties
 * by value.
 */
export async function funnelBreakdown(
  funnel: Funnel,
  values: readonly string[],
  reading: FunnelReading,
): Promise<FunnelBreakdown> {
  const sizes = new Uint32Array(values.length);
  const persons = funnel.persons;
  for (let i = 0; i < persons; i++) if (funnel.depthOf(i) > 0) sizes[funnel.groupOf(i)]!++;
  const present = [...sizes.keys()].filter((group) => sizes[group]! > 0);
  present.sort((a, b) => sizes[b]! - sizes[a]! || (values[a]! < values[b]! ? -1 : 1));
  const listed = present.slice(0, MAX_BREAKDOWN_VALUES);

  const members = new Map(listed.map((group) => [group, { list: new Int32Array(sizes[group]!), count: 0 }]));
  for (let i = 0; i < persons; i++) {
    const of = funnel.depthOf(i) > 0 ? members.get(funnel.groupOf(i)) : undefined;
    if (of !== undefined) of.list[of.count++] = i;
  }
  const breakdown: FunnelGroupResult[] = [];
  for (const [group, { list }] of members) {
    breakdown.push({ value: values[group]!, steps: await stepsOf(funnel, list, reading) });
  }
  return { breakdown, otherValues: present.length - listed.length };
}

async function stepsOf(funnel: Funnel, members: Int32Array, reading: FunnelReading): Promise<FunnelStepResult[]> {
  const { eventNames } = reading;
  const turns = new EventLoopTurns();
  const users = usersPerStep(funnel, members, eventNames.length);
  await turns.give();
  const inProgress = inProgressPerStep(funnel, members, reading);
  const gaps = new Float64Array(users[1] ?? 0);
  const results: FunnelStepResult[] = [];
  for (let step = 0; step < eventNames.length; step++) {
    await turns.give();
    if (step > 0) fillSeconds(funnel, members, step + 1, gaps);
    results.push({
      eventName: eventNames[step]!,
      users: users[step]!,
      conversionRate: users[0]! === 0 ? 0 : users[step]! / users[0]!,
      dropOff: step > 0 && users[step - 1]! > 0 ? 1 - users[step]! / users[step - 1]! : 0,
      medianSecondsFromPrevious: step === 0 ? null : median(gaps, users[step]),
      inProgress: inProgress[step]!,
    });
  }
  return results;
}

function usersPerStep(funnel: Funnel, members: Int32Array, steps: number): number[] {
  const users = new Array<number>(steps).fill(0);
  for (const index of members) users[funnel.depthOf(index) - 1]!++;
  for (let step = steps - 1; step > 0; step--) users[step - 1]! += users[step]!;
  return users;
}

function inProgressPerStep(
  funnel: Funnel,
  members: Int32Array,
  { eventNames, windowMs, now }: FunnelReading,
): number[] {
  const inProgress = new Array<number>(eventNames.length).fill(0);
  for (const index of members) {
    const depth = funnel.depthOf(index);
    if (depth < eventNames.length && now <= funnel.latestStartOf(index) + windowMs) inProgress[depth - 1]!++;
  }
  return inProgress;
}

/** Seconds from the step before to `step` (from 2) of all who came as far. */
function fillSeconds(funnel: Funnel, members: Int32Array, step: number, seconds: Float64Array): void {
  let count = 0;
  for (const index of members) {
    if (funnel.depthOf(index) >= step) seconds[count++] = funnel.gapBefore(index, step) / 1000;
  }
}
