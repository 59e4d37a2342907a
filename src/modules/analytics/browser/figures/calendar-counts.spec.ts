import { lastLocalDays, localDate } from '../../../../common/time/calendar.js';
import { toColumns } from '../../../events/browser/days/event-columns.js';
import { CalendarCounts, peakOf } from './calendar-counts.js';

const HOUR = 3_600_000;
const at = (text: string) => Date.parse(text);

function counted(counts: CalendarCounts, times: number[]): CalendarCounts {
  const columns = toColumns(
    times.map((time) => ({
      at: time,
      type: 'X',
      domain: null,
      hasAddress: false,
      tabId: null,
      windowId: null,
      state: null,
      device: null,
    })),
  );
  counts.visit(columns, 0, columns.count);
  return counts;
}

const nonZero = (hours: readonly number[]) =>
  Object.fromEntries([...hours.entries()].filter(([, count]) => count > 0).map(([hour, count]) => [hour, count]));

describe('CalendarCounts', () => {
  it('T15 should have every local day of the last seven', () => {
    const span = lastLocalDays(7, at('2025-11-22T05:40:00Z'), 'Europe/Berlin');
    expect(new Date(span.from).toISOString()).toBe('2025-11-15T23:00:00.000Z');
    const { daily } = counted(new CalendarCounts(span, 'Europe/Berlin'), [at('2025-11-15T23:00Z')]);
    expect(daily.map(({ date, count }) => `${date} ${count}`)).toEqual([
      '2025-11-16 1',
      '2025-11-17 0',
      '2025-11-18 0',
      '2025-11-19 0',
      '2025-11-20 0',
      '2025-11-21 0',
      '2025-11-22 0',
    ]);
  });

  it('T5 should give the hour that comes twice both, and the day of 25 hours all of them', () => {
    const span = localDate('2025-10-26', 'Europe/Berlin');
    const times = Array.from({ length: 25 }, (_, i) => span.from + i * HOUR);
    const { daily, hours, weekdays } = counted(new CalendarCounts(span, 'Europe/Berlin'), times);
    expect(daily).toEqual([{ date: '2025-10-26', count: 25 }]);
    expect(hours[2]).toBe(2);
    expect(hours.filter((count) => count === 1)).toHaveLength(23);
    expect(weekdays).toEqual([25, 0, 0, 0, 0, 0, 0]);
  });

  it('T5 should give the hour that does not come nothing', () => {
    const span = localDate('2025-03-30', 'Europe/Berlin');
    const times = Array.from({ length: 23 }, (_, i) => span.from + i * HOUR);
    const { daily, hours } = counted(new CalendarCounts(span, 'Europe/Berlin'), times);
    expect(daily).toEqual([{ date: '2025-03-30', count: 23 }]);
    expect(hours[2]).toBe(0);
    expect(hours.filter((count) => count === 1)).toHaveLength(23);
  });

  it.each([
    ['Asia/Kathmandu', '2025-01-13T00:20:00Z', 6],
    ['America/New_York', '2025-01-13T00:20:00Z', 19],
    ['UTC', '1970-01-01T00:00:00Z', 0],
    ['America/New_York', '1970-01-01T00:00:00Z', 19],
  ])('should count by the clock of %s', (timeZone, time, hour) => {
    const span = { from: at(time) - 1, toExclusive: at(time) + 1 };
    expect(nonZero(counted(new CalendarCounts(span, timeZone), [at(time)]).hours)).toEqual({ [hour]: 1 });
  });
});

describe('peakOf', () => {
  it.each([
    [[0, 0], null],
    [[1, 3, 3], 1],
    [[5], 0],
  ])('should find in %p position %p', (counts, position) => expect(peakOf(counts)).toBe(position));
});
