import type { PointColumns } from '../packing/point-columns.js';

const HOUR_MS = 3_600_000;

/** Epoch milliseconds when the last of these points' activity ended: of points without a duration, their last time. */
export function endOfActivity(measurement: string, points: PointColumns): number {
  const extra = measurement === 'app_usage' ? HOUR_MS : 0;
  const durations = hasDuration(measurement) ? points.fields.filter(({ name }) => name === 'duration') : [];
  let end = -Infinity;
  for (let row = 0; row < points.count; row++) {
    let length = extra;
    for (const field of durations) {
      const seconds = field.numberAt(row);
      // Not for NaN, where the row has no value.
      if (seconds * 1000 > length) length = seconds * 1000;
    }
    end = Math.max(end, points.ms[row]! + length);
  }
  return end;
}

function hasDuration(measurement: string): boolean {
  return measurement === 'afk_status' || measurement === 'window_activity';
}
