import type { TimeRange } from '../../../../common/time/range.js';
import type { EventSource } from '../../../analytics/product/event-source.js';
import { consume } from '../figures/event-slices.js';
import { funnelBreakdown, funnelSteps, type FunnelBreakdown, type FunnelStepResult } from './funnel-results.js';
import { Funnel } from './funnel.js';

export interface FunnelQuestion {
  range: TimeRange;
  /** Event names, 2 to 20; a name may be repeated. */
  steps: readonly string[];
  /** Longest time from step 1 to the last step, milliseconds; `Infinity`: no limit. */
  windowMs: number;
  /** Also for each value of the property by which the source groups events. */
  isBrokenDown: boolean;
  /** The time of the report, epoch milliseconds. */
  now: number;
}

export interface FunnelFigures extends Partial<FunnelBreakdown> {
  steps: FunnelStepResult[];
}

export async function funnelOf(source: EventSource, question: FunnelQuestion): Promise<FunnelFigures> {
  const { range, steps, windowMs, isBrokenDown, now } = question;
  const names = [...new Set(steps)];
  const stream = source.stream(range, names);
  const positions = steps.map((step) => names.indexOf(step));
  const funnel = new Funnel(positions, windowMs, isBrokenDown ? stream : undefined);
  await consume(stream, funnel);
  const reading = { eventNames: steps, windowMs, now };
  const figures: FunnelFigures = { steps: await funnelSteps(funnel, reading) };
  return isBrokenDown ? { ...figures, ...(await funnelBreakdown(funnel, stream.groups, reading)) } : figures;
}
