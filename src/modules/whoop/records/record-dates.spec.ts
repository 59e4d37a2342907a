import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { cycleDate, localDateAt, mainSleep, offsetMinutes, recoveryDate } from './record-dates.js';

const at = (text: string) => Date.parse(text);
const sleepOf = (sleepId: string, start: string, end: string, nap = false, timezoneOffset = '-05:00') => ({
  sleepId,
  startTime: at(start),
  endTime: at(end),
  timezoneOffset,
  nap,
});

describe('localDateAt', () => {
  it.each([
    ['2026-01-15T04:59:59.999Z', '-05:00', '2026-01-14'],
    ['2026-01-15T05:00:00.000Z', '-05:00', '2026-01-15'],
    ['2026-01-14T18:30:00.000Z', '+05:30', '2026-01-15'],
    ['2026-01-14T18:29:59.999Z', '+0530', '2026-01-14'],
    ['2025-12-31T23:59:59.999Z', 'Z', '2025-12-31'],
    ['2025-12-31T10:00:00.000Z', '+14:00', '2026-01-01'],
    ['2026-01-01T11:59:59.999Z', '-12:00', '2025-12-31'],
    // Either side of Berlin's clock change: the offset of the record decides, not a zone.
    ['2025-10-25T22:30:00.000Z', '+02:00', '2025-10-26'],
    ['2025-10-26T22:30:00.000Z', '+01:00', '2025-10-26'],
  ])('should be the date at %s with %s', (instant, offset, date) => {
    expect(localDateAt(at(instant), offset)).toBe(date);
  });

  it('should agree with Temporal for any instant and offset', () => {
    const parts = fc.tuple(fc.constantFrom('+', '-'), fc.integer({ min: 0, max: 14 }), fc.constantFrom(0, 15, 30, 45));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: at('2100-01-01T00:00:00Z') }), parts, (instant, [sign, hours, minutes]) => {
        const two = (value: number) => String(value).padStart(2, '0');
        const offset = `${sign}${two(hours)}:${two(minutes)}`;
        const expected = Temporal.Instant.fromEpochMilliseconds(instant).toZonedDateTimeISO(offset).toPlainDate();
        expect(localDateAt(instant, offset)).toBe(expected.toString());
        expect(offsetMinutes(offset)).toBe((sign === '-' ? -1 : 1) * (hours * 60 + minutes) || 0);
      }),
    );
  });
});

describe('days of cycles and recoveries', () => {
  const night = sleepOf('a', '2026-01-14T03:55:00Z', '2026-01-14T11:28:00Z');
  const nap = sleepOf('b', '2026-01-14T19:00:00Z', '2026-01-14T19:50:00Z', true);
  const cycle = { startTime: at('2026-01-14T03:55:00Z'), timezoneOffset: '-05:00' };

  it('should take the longest sleep that is no nap, whatever the order', () => {
    const short = sleepOf('c', '2026-01-14T12:00:00Z', '2026-01-14T13:00:00Z');
    for (const sleeps of [
      [nap, short, night],
      [night, short, nap],
    ]) {
      expect(mainSleep(sleeps)).toBe(night);
    }
    const twin = { ...night, sleepId: 'A' };
    expect(mainSleep([night, twin])).toBe(twin);
    expect(mainSleep([twin, night])).toBe(twin);
    expect(mainSleep([nap])).toBeUndefined();
  });

  it('should name a cycle by the morning, and without a sleep by the evening on which it began', () => {
    expect(cycleDate(cycle, [nap, night])).toBe('2026-01-14');
    expect(cycleDate(cycle, [nap])).toBe('2026-01-13');
  });

  it('should fall back from the sleep to the cycle’s clock and to UTC', () => {
    const recovery = { createdAt: at('2026-01-15T02:00:00Z') };
    expect(recoveryDate(recovery, night, cycle)).toEqual({ date: '2026-01-14', startTime: night.startTime });
    expect(recoveryDate(recovery, undefined, cycle)).toEqual({ date: '2026-01-14', startTime: cycle.startTime });
    expect(recoveryDate(recovery, undefined, undefined).date).toBe('2026-01-15');
  });
});
