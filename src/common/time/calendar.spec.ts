import fc from 'fast-check';
import {
  addLocalDays,
  dateOf,
  datesBefore,
  datesEnding,
  fewestBuckets,
  lastLocalDays,
  localDate,
  localOffset,
  walkCalendar,
  type Bucket,
  type CalendarInterval,
} from './calendar.js';

const at = (text: string) => Date.parse(text);
const MINUTE = 60_000;

const walk = (from: string, to: string, interval: CalendarInterval, tz: string, weekStart?: number) => [
  ...walkCalendar({ from: at(from), toExclusive: at(to) }, interval, tz, weekStart),
];
const hoursOf = (bucket: Bucket) => (bucket.end - bucket.start) / 3_600_000;

/** Minutes of [from, from + seconds) per bucket label. */
function minutesPerBucket(from: string, seconds: number, buckets: Bucket[]): Record<string, number> {
  const minutes: Record<string, number> = {};
  for (const { label, start, end } of buckets) {
    const overlap = Math.min(end, at(from) + seconds * 1000) - Math.max(start, at(from));
    if (overlap > 0) minutes[label] = (minutes[label] ?? 0) + overlap / MINUTE;
  }
  return minutes;
}

describe('walkCalendar', () => {
  it('should split a stretch over hours and days (T5, UTC)', () => {
    const hours = walk('2025-11-17T22:40:00Z', '2025-11-18T00:10:00Z', 'hour', 'UTC');
    expect(minutesPerBucket('2025-11-17T22:40:00Z', 5400, hours)).toEqual({
      '2025-11-17 22:00': 20,
      '2025-11-17 23:00': 60,
      '2025-11-18 00:00': 10,
    });
    const days = walk('2025-11-17T22:40:00Z', '2025-11-18T00:10:00Z', 'day', 'UTC');
    expect(minutesPerBucket('2025-11-17T22:40:00Z', 5400, days)).toEqual({ '2025-11-17': 80, '2025-11-18': 10 });
  });

  it.each([
    ['Asia/Kolkata', '2025-01-01T00:00:00Z', { '2025-01-01 05:00': 30, '2025-01-01 06:00': 30 }],
    ['Asia/Kathmandu', '2025-01-01T00:00:00Z', { '2025-01-01 05:00': 15, '2025-01-01 06:00': 45 }],
    ['Europe/Berlin', '2025-10-26T00:30:00Z', { '2025-10-26 02:00': 60 }],
    ['Europe/Berlin', '2025-03-30T00:30:00Z', { '2025-03-30 01:00': 30, '2025-03-30 03:00': 30 }],
  ])('should split an hour in %s from %s (T5)', (tz, from, expected) => {
    const hours = walk(from, new Date(at(from) + 3_600_000).toISOString(), 'hour', tz);
    expect(minutesPerBucket(from, 3600, hours)).toEqual(expected);
  });

  it('should give a repeated hour two buckets in order', () => {
    const hours = walk('2025-10-25T22:00:00Z', '2025-10-26T23:00:00Z', 'hour', 'Europe/Berlin');
    expect(hours).toHaveLength(25);
    expect(hours.slice(1, 5)).toEqual([
      { label: '2025-10-26 01:00', start: at('2025-10-25T23:00:00Z'), end: at('2025-10-26T00:00:00Z') },
      { label: '2025-10-26 02:00', start: at('2025-10-26T00:00:00Z'), end: at('2025-10-26T01:00:00Z') },
      { label: '2025-10-26 02:00', start: at('2025-10-26T01:00:00Z'), end: at('2025-10-26T02:00:00Z') },
      { label: '2025-10-26 03:00', start: at('2025-10-26T02:00:00Z'), end: at('2025-10-26T03:00:00Z') },
    ]);
  });

  it('should follow days of 23 and 25 hours and a day that begins at 01:00', () => {
    const spring = walk('2025-03-29T12:00:00Z', '2025-03-31T12:00:00Z', 'day', 'Europe/Berlin');
    expect(spring.map((day) => [day.label, hoursOf(day)])).toEqual([
      ['2025-03-29', 24],
      ['2025-03-30', 23],
      ['2025-03-31', 24],
    ]);
    const autumn = walk('2025-10-25T12:00:00Z', '2025-10-27T12:00:00Z', 'day', 'Europe/Berlin');
    expect(autumn.map((day) => [day.label, hoursOf(day)])).toEqual([
      ['2025-10-25', 24],
      ['2025-10-26', 25],
      ['2025-10-27', 24],
    ]);
    const cairo = walk('2025-04-24T22:00:00Z', '2025-04-25T21:00:00Z', 'hour', 'Africa/Cairo');
    expect(cairo).toHaveLength(23);
    expect(cairo[0]).toEqual({
      label: '2025-04-25 01:00',
      start: at('2025-04-24T22:00:00Z'),
      end: at('2025-04-24T23:00:00Z'),
    });
  });

  it('should handle clocks that move by half an hour', () => {
    const back = walk('2025-04-05T13:00:00Z', '2025-04-05T16:30:00Z', 'hour', 'Australia/Lord_Howe');
    expect(back.map((hour) => [hour.label, hoursOf(hour)])).toEqual([
      ['2025-04-06 00:00', 1],
      ['2025-04-06 01:00', 1],
      ['2025-04-06 01:00', 0.5],
      ['2025-04-06 02:00', 1],
    ]);
    const forward = walk('2025-10-04T14:30:00Z', '2025-10-04T17:00:00Z', 'hour', 'Australia/Lord_Howe');
    expect(forward.map((hour) => [hour.label, hoursOf(hour)])).toEqual([
      ['2025-10-05 01:00', 1],
      ['2025-10-05 02:00', 0.5],
      ['2025-10-05 03:00', 1],
    ]);
  });

  it('should leave out a date that a zone skipped', () => {
    const days = walk('2011-12-29T12:00:00Z', '2011-12-31T12:00:00Z', 'day', 'Pacific/Apia');
    expect(days.map((day) => day.label)).toEqual(['2011-12-29', '2011-12-31', '2012-01-01']);
  });

  it('should begin weeks on the day asked for and label them by it', () => {
    const monday = walk('2025-01-01T00:00:00Z', '2025-01-13T00:00:00Z', 'week', 'UTC');
    expect(monday.map((week) => week.label)).toEqual(['2024-12-30', '2025-01-06']);
    const sunday = walk('2025-01-01T00:00:00Z', '2025-01-13T00:00:00Z', 'week', 'UTC', 7);
    expect(sunday.map((week) => week.label)).toEqual(['2024-12-29', '2025-01-05', '2025-01-12']);
  });

  it('should label months', () => {
    const months = walk('2024-12-31T23:30:00Z', '2025-03-01T00:00:00Z', 'month', 'Europe/Berlin');
    expect(months.map((month) => month.label)).toEqual(['2025-01', '2025-02', '2025-03']);
    expect(months[0]?.start).toBe(at('2024-12-31T23:00:00Z'));
  });

  it('should give no bucket for an empty span and one for an instant', () => {
    expect(walk('2025-01-01T00:00:00Z', '2025-01-01T00:00:00Z', 'day', 'UTC')).toEqual([]);
    for (const interval of ['hour', 'day', 'week', 'month'] as const) {
      expect(walk('2025-01-01T00:00:00.000Z', '2025-01-01T00:00:00.001Z', interval, 'UTC')).toHaveLength(1);
    }
  });

  // America/St_Johns set its clocks back across midnight until 2011, so it is left to its own rule (see walkCalendar).
  const ZONES = [
    'UTC',
    'Europe/Berlin',
    'Africa/Cairo',
    'Asia/Kolkata',
    'Asia/Kathmandu',
    'America/New_York',
    'America/Sao_Paulo',
    'America/Havana',
    'Australia/Lord_Howe',
    'Pacific/Chatham',
    'Pacific/Apia',
    'Asia/Tehran',
    'America/Caracas',
    'Asia/Pyongyang',
    'Africa/Casablanca',
  ];
  // Clock changes of many kinds, so that random spans are not all ordinary days.
  const CHANGES = [
    '2025-03-30T01:00Z',
    '2025-10-26T01:00Z',
    '2025-04-24T22:00Z',
    '2025-10-30T21:00Z',
    '2025-03-09T05:00Z',
    '2025-11-02T05:00Z',
    '2018-11-04T03:00Z',
    '2018-02-18T02:00Z',
    '2025-04-05T15:00Z',
    '2025-10-04T15:30Z',
    '2011-12-30T10:00Z',
    '2016-05-01T07:00Z',
    '2015-08-14T15:00Z',
    '2018-05-04T15:00Z',
    '2025-02-23T02:00Z',
    '2022-09-21T19:30Z',
  ].map((text) => Date.parse(text));

  const span = (longest: number) =>
    fc
      .tuple(
        fc.oneof(
          fc.constantFrom(...CHANGES).chain((change) => fc.integer({ min: change - 1.5 * longest, max: change })),
          fc.integer({ min: at('2010-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') }),
        ),
        fc.integer({ min: 1, max: longest }),
      )
      .map(([from, length]) => ({ from: Math.floor(from), toExclusive: Math.floor(from) + length }));

  it.each([
    ['hour', 30, MINUTE],
    ['day', 100, MINUTE],
    ['week', 500, 15 * MINUTE],
    ['month', 1500, 15 * MINUTE],
  ] as const)('should agree with a walk of the local clock by %s', (interval, longestHours, stepMs) => {
    fc.assert(
      fc.property(
        span(longestHours * 3_600_000),
        fc.constantFrom(...ZONES),
        fc.integer({ min: 1, max: 7 }),
        (range, tz, weekStart) => {
          const buckets = [...walkCalendar(range, interval, tz, weekStart)];
          expect(buckets).toEqual(bruteForce(range, interval, tz, weekStart, stepMs));
          expect(fewestBuckets(range, interval)).toBeLessThanOrEqual(buckets.length);
        },
      ),
      { numRuns: 60 },
    );
  });

  /** Reads the local clock by Intl at every step and begins a bucket where the label changes or the clock goes back. */
  function bruteForce(
    range: { from: number; toExclusive: number },
    interval: CalendarInterval,
    tz: string,
    weekStart: number,
    stepMs: number,
  ) {
    const clock = new Intl.DateTimeFormat('en-CA', {
      timeZone: tz,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    const lead = { hour: 3, day: 60, week: 24 * 10, month: 24 * 34 }[interval] * 3_600_000;
    const first = Math.floor((range.from - lead) / stepMs) * stepMs;
    const buckets: Bucket[] = [];
    let open: { label: string; start: number; complete: boolean } | undefined;
    let before = '';
    for (let t = first; ; t += stepMs) {
      const local = clock.format(t); // 2025-01-01, 13:05
      const label = labelFor(local, interval, weekStart);
      if (open === undefined || label !== open.label || (interval === 'hour' && local < before)) {
        if (open?.complete && t > range.from) buckets.push({ label: open.label, start: open.start, end: t });
        if (t >= range.toExclusive) return buckets;
        open = { label, start: t, complete: open !== undefined };
      }
      before = local;
    }
  }

  function labelFor(local: string, interval: CalendarInterval, weekStart: number): string {
    if (interval === 'hour') return `${local.slice(0, 10)} ${local.slice(12, 14)}:00`;
    if (interval === 'day') return local.slice(0, 10);
    if (interval === 'month') return local.slice(0, 7);
    const date = new Date(`${local.slice(0, 10)}T00:00:00Z`);
    while ((date.getUTCDay() || 7) !== weekStart) date.setUTCDate(date.getUTCDate() - 1);
    return date.toISOString().slice(0, 10);
  }
});

describe('lastLocalDays', () => {
  it('should end with the local day of now (T15)', () => {
    expect(lastLocalDays(7, at('2025-11-22T05:40:00Z'), 'Europe/Berlin')).toEqual({
      from: at('2025-11-15T23:00:00Z'),
      toExclusive: at('2025-11-22T23:00:00Z'),
    });
    const days = [
      ...walkCalendar(lastLocalDays(7, at('2025-11-22T05:40:00Z'), 'Europe/Berlin'), 'day', 'Europe/Berlin'),
    ];
    expect(days.map((day) => day.label)).toEqual([16, 17, 18, 19, 20, 21, 22].map((day) => `2025-11-${day}`));
  });

  it('should count local days, not 24 hours', () => {
    expect(lastLocalDays(1, at('2025-10-26T12:00:00Z'), 'Europe/Berlin')).toEqual(
      localDate('2025-10-26', 'Europe/Berlin'),
    );
    expect(lastLocalDays(2, at('2025-04-25T12:00:00Z'), 'Africa/Cairo').from).toBe(at('2025-04-23T22:00:00Z'));
  });
});

describe('addLocalDays', () => {
  it('should keep the local time over a clock change', () => {
    expect(addLocalDays(at('2025-10-25T22:00:00Z'), 1, 'Europe/Berlin')).toBe(at('2025-10-26T23:00:00Z'));
  });
});

describe('localOffset', () => {
  it.each([
    ['2025-10-25T12:00:00Z', 'Europe/Berlin', 120, '2025-10-26T01:00:00Z'],
    ['2025-10-26T00:59:59.999Z', 'Europe/Berlin', 120, '2025-10-26T01:00:00Z'],
    ['2025-10-26T01:00:00Z', 'Europe/Berlin', 60, '2026-03-29T01:00:00Z'],
    ['2025-10-04T15:30:00Z', 'Australia/Lord_Howe', 660, '2026-04-04T15:00:00Z'],
  ])('should know the offset at %s in %s and its end', (instant, tz, minutes, until) => {
    expect(localOffset(at(instant), tz)).toEqual({ offsetMs: minutes * MINUTE, until: at(until) });
  });

  it.each([
    ['UTC', 0],
    ['Asia/Kolkata', 330],
    ['Etc/GMT+12', -720],
  ])('should have no end in %s', (tz, minutes) => {
    expect(localOffset(at('2025-01-01T00:00:00Z'), tz)).toEqual({ offsetMs: minutes * MINUTE, until: Infinity });
  });
});

describe('datesBefore', () => {
  it.each([
    ['2025-01-10', '2025-01-10', '2025-01-09', '2025-01-09'],
    ['2025-03-01', '2025-03-31', '2025-01-29', '2025-02-28'],
    ['2025-01-01', '2025-12-31', '2024-01-02', '2024-12-31'],
    ['0000-01-02', '0000-01-05', '-000001-12-29', '0000-01-01'],
  ])('should give as many dates as from %s to %s', (from, to, first, last) => {
    expect(datesBefore(from, to)).toEqual({ from: first, to: last });
  });
});

describe('dateOf and datesEnding', () => {
  it('should give the date on the local clock', () => {
    expect(dateOf(at('2025-11-21T23:30:00Z'), 'Europe/Berlin')).toBe('2025-11-22');
    expect(dateOf(at('2025-11-21T23:30:00Z'), 'UTC')).toBe('2025-11-21');
    expect(dateOf(at('2025-11-21T03:30:00Z'), 'America/New_York')).toBe('2025-11-20');
  });

  it('should count the last date', () => {
    expect(datesEnding('2025-11-22', 7)).toEqual({ from: '2025-11-16', to: '2025-11-22' });
    expect(datesEnding('2025-03-01', 2)).toEqual({ from: '2025-02-28', to: '2025-03-01' });
    expect(datesEnding('2025-01-01', 1)).toEqual({ from: '2025-01-01', to: '2025-01-01' });
  });
});
