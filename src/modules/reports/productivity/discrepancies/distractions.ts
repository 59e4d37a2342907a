import { between, intersection, totalOf, type Intervals } from '../figures/intervals.js';
import { hoursOfDay, HOURS_A_DAY, timeByCell, type ReportCalendar } from '../figures/report-calendar.js';
import { durationText, nameText } from '../narrative/phrases.js';
import type { Severity } from '../report-vocabulary.js';
import type { DistractionType } from './app-table.js';
import { lowered, MINUTE_MS, worse, type Discrepancy } from './discrepancy.js';

/** The time of one app or site, over all computers, while the person was active. */
export interface DistractionTime {
  subject: string;
  type: DistractionType;
  time: Intervals;
  /** The part of it in which a title spoke of work. */
  workTime: Intervals;
}

/**
 * social_media and media_consumption of one app, for each day of the report: consecutive hours are one entry, whose
 * severity is the worst of its hours and of the app's whole day, one level lower where most of the entry's time spoke of
 * work.
 */
export function distractionsByDay(calendar: ReportCalendar, app: DistractionTime): Discrepancy[][] {
  const byCell = timeByCell(calendar, app.time);
  return calendar.days.map((day, index) => {
    const hours = byCell.subarray(index * HOURS_A_DAY, (index + 1) * HOURS_A_DAY);
    const dayMs = hours.reduce((sum, milliseconds) => sum + milliseconds, 0);
    if (dayMs === 0) return [];
    const ofDay = { ...app, time: between(app.time, day.from, day.toExclusive) };
    return runsOfHours(hours, calendar.cellMs.subarray(index * HOURS_A_DAY, (index + 1) * HOURS_A_DAY)).map((run) =>
      distraction(ofDay, hours.subarray(run.from, run.to), dayMs, hoursOfDay(calendar, index, run.from, run.to)),
    );
  });
}

function distraction(app: DistractionTime, hours: Float64Array, dayMs: number, span: Intervals): Discrepancy {
  const time = intersection(app.time, span);
  const durationMs = totalOf(time);
  const atWork = totalOf(intersection(app.workTime, time)) * 2 > durationMs;
  const severity = [...hours].map(hourSeverity).reduce((worst, hour) => worse(worst, hour), daySeverity(dayMs));
  const name = nameText(app.subject);
  const context = [
    ...(dayMs > durationMs ? [`${durationText(dayMs)} of ${name} in the whole day`] : []),
    ...(atWork ? ['mostly with titles about work, hence one level lower'] : []),
  ].join('; ');
  return {
    type: app.type,
    severity: atWork ? lowered(severity) : severity,
    start: time[0]!,
    end: time.at(-1)!,
    durationMs,
    subject: app.subject,
    description: `${name} for ${durationText(durationMs)}`,
    ...(context === '' ? {} : { context: context[0]!.toUpperCase() + context.slice(1) }),
  };
}

export function hourSeverity(milliseconds: number): Severity {
  if (milliseconds > 30 * MINUTE_MS) return 'critical';
  return milliseconds > 20 * MINUTE_MS ? 'high' : 'low';
}

export function daySeverity(milliseconds: number): Severity {
  if (milliseconds > 120 * MINUTE_MS) return 'critical';
  if (milliseconds >= 60 * MINUTE_MS) return 'high';
  return milliseconds >= 15 * MINUTE_MS ? 'medium' : 'low';
}

/** Neighbouring hours with time in them; an hour that the clock skips divides nothing. */
function runsOfHours(hours: Float64Array, lengths: Float64Array): { from: number; to: number }[] {
  const runs: { from: number; to: number }[] = [];
  let open = false;
  hours.forEach((milliseconds, hour) => {
    if (milliseconds > 0) {
      if (open) runs.at(-1)!.to = hour + 1;
      else runs.push({ from: hour, to: hour + 1 });
      open = true;
    } else if (lengths[hour]! > 0) {
      open = false;
    }
  });
  return runs;
}
