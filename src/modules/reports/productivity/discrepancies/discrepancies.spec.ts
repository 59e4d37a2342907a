import {
  afk,
  figuresOf,
  together,
  used,
  window,
  type PersonPoints,
} from '../../../../../test/support/activity-points.js';
import { minuteAfter, minuteOf } from '../figures/local-time.js';
import { toMinutes } from '../figures/rounding.js';

const DAY = { startDate: '2025-11-17', endDate: '2025-11-17', timeZone: 'UTC' };
const at = (time: string): string => `2025-11-17T${time}Z`;

async function discrepanciesOf(points: Partial<PersonPoints>, period = DAY, coreHours?: { from: number; to: number }) {
  const [day] = await figuresOf(points, period, coreHours);
  return day!.discrepancies;
}

/** `social_media medium 09:00-11:00 13.2` */
async function linesOf(points: Partial<PersonPoints>, period = DAY, coreHours?: { from: number; to: number }) {
  const found = await discrepanciesOf(points, period, coreHours);
  return found.map(
    ({ type, severity, start, end, durationMs }) =>
      `${type} ${severity} ${minuteOf(start, period.timeZone)}-${minuteAfter(end, period.timeZone)} ${toMinutes(durationMs)}`,
  );
}

const minutes = (from: string, count: number, status: 'active' | 'idle' | 'afk', host = 'desk') =>
  ({ afk: [afk(at(from), count * 60, status, host)] }) satisfies Partial<PersonPoints>;

describe('social_media and media_consumption (T16)', () => {
  it('T16: should find 18.2 minutes of Reddit in a day medium, and join consecutive hours', async () => {
    const points = together(
      used(at('09:57:48'), 13.2, 'Reddit', 'Reddit - Front Page'),
      used(at('14:10:00'), 5, 'Reddit', 'Reddit - Front Page'),
    );
    expect(await linesOf(points)).toEqual([
      'social_media medium 09:57-10:11 13.2',
      'social_media medium 14:10-14:15 5',
    ]);
    const [first] = await discrepanciesOf(points);
    expect(first!.description).toBe('Reddit for 13.2 min');
    expect(first!.context).toBe('18.2 min of Reddit in the whole day');
  });

  it('T16: should find 40 minutes of Spotify in one hour critical, though the day alone is medium', async () => {
    expect(await linesOf(used(at('09:05:00'), 40, 'Spotify'))).toEqual(['media_consumption critical 09:05-09:45 40']);
  });

  it('T16: should find 25 minutes in one hour high', async () => {
    expect(await linesOf(used(at('09:05:00'), 25, 'Reddit'))).toEqual(['social_media high 09:05-09:30 25']);
  });

  it('should find the site at the end of a title of any length', async () => {
    const title = `${'A question that goes on. '.repeat(40)}: r/aww - Reddit - Google Chrome`;
    expect(await linesOf(used(at('09:05:00'), 25, 'Chrome', title))).toEqual(['social_media high 09:05-09:30 25']);
  });

  it('T16: should find nothing in a browser with no telling title', async () => {
    expect(await linesOf(used(at('09:00:00'), 55, 'Chrome', 'Quarterly numbers - Google Chrome'))).toEqual([]);
  });

  it('T16: should give the same bytes for the same input', async () => {
    const points = together(
      used(at('09:57:48'), 13.2, 'Reddit'),
      used(at('11:00:00'), 40, 'Spotify'),
      minutes('13:00:00', 45, 'afk'),
      minutes('13:45:00', 5, 'active'),
    );
    const [first, second] = [await discrepanciesOf(points), await discrepanciesOf(points)];
    expect(JSON.stringify(first)).toBe(JSON.stringify(second));
  });

  it.each([
    [20, 'medium'],
    [20 + 1 / 60, 'high'],
    [30, 'high'],
    [30 + 1 / 60, 'critical'],
  ])('should judge %d minutes within one hour as %s', async (count, severity) => {
    const [found] = await discrepanciesOf(used(at('09:00:00'), count, 'Reddit'));
    expect(found!.severity).toBe(severity);
  });

  it.each([
    [15 - 1 / 60, 'low'],
    [15, 'medium'],
    [60 - 1 / 60, 'medium'],
    [60, 'high'],
    [120, 'high'],
    [120 + 1 / 60, 'critical'],
  ])('should judge %d minutes spread over a day as %s', async (count, severity) => {
    // Never more than 20 minutes in an hour, so that the day alone decides.
    const parts = Array.from({ length: 8 }, (_, i) =>
      used(at(`${String(8 + i).padStart(2, '0')}:00:00`), Math.min(20, Math.max(0, count - 20 * i)), 'Reddit'),
    );
    const found = await discrepanciesOf(together(...parts));
    expect(found.map((entry) => entry.severity)).toEqual(found.map(() => severity));
    expect(found).toHaveLength(1);
  });

  it('should make an entry of each run of hours, of one app', async () => {
    const points = together(
      used(at('09:50:00'), 5, 'Reddit'),
      used(at('10:00:00'), 5, 'Facebook'),
      used(at('10:50:00'), 5, 'Reddit'),
      used(at('12:00:00'), 5, 'Reddit'),
    );
    expect(await linesOf(points)).toEqual([
      'social_media medium 09:50-10:55 10',
      'social_media low 10:00-10:05 5',
      'social_media medium 12:00-12:05 5',
    ]);
  });

  it('should count the site in a browser together with its app', async () => {
    const points = together(
      used(at('09:00:00'), 10, 'Reddit', 'Reddit - Front Page'),
      used(at('09:10:00'), 15, 'Chrome', 'Front page - Reddit - Google Chrome'),
    );
    expect(await linesOf(points)).toEqual(['social_media high 09:00-09:25 25']);
  });

  it('should count what two computers show at once once, and only while active', async () => {
    const points = {
      afk: [afk(at('09:00:00'), 600), afk(at('09:10:00'), 600, 'idle')],
      windows: [
        window(at('09:00:00'), 1200, 'Reddit', '', 'desk'),
        window(at('09:05:00'), 1200, 'Reddit', '', 'laptop'),
      ],
    };
    expect((await linesOf(points))[0]).toBe('social_media low 09:00-09:10 10');
  });

  it('should lower an entry by one level when most of it speaks of work', async () => {
    const [lowered] = await discrepanciesOf(
      together(
        used(at('09:00:00'), 21, 'Reddit', 'r/programming - Reddit'),
        used(at('09:21:00'), 20, 'Reddit', 'Reddit - Front Page'),
      ),
    );
    expect(lowered!.severity).toBe('high');
    expect(lowered!.context).toBe('Mostly with titles about work, hence one level lower');
    const [half] = await discrepanciesOf(
      together(
        used(at('09:00:00'), 20, 'Reddit', 'r/programming - Reddit'),
        used(at('09:20:00'), 20, 'Reddit', 'Reddit - Front Page'),
      ),
    );
    expect(half!.severity).toBe('critical');
    const [low] = await discrepanciesOf(used(at('09:00:00'), 5, 'Reddit', 'r/programming - Reddit'));
    expect(low!.severity).toBe('low');
  });

  it('should not let an hour that the clock skips divide an entry', async () => {
    const berlin = { startDate: '2025-03-30', endDate: '2025-03-30', timeZone: 'Europe/Berlin' };
    const points = together(used('2025-03-30T00:50:00Z', 5, 'Reddit'), used('2025-03-30T01:05:00Z', 5, 'Reddit'));
    expect(await linesOf(points, berlin)).toEqual(['social_media low 01:50-03:10 10']);
  });
});

describe('extended_afk (T16)', () => {
  /** Something in the morning too, lest activity at the ends alone is a discrepancy of its own. */
  const aDay = (...absences: Partial<PersonPoints>[]) =>
    together(...['08:00:00', '09:30:00', '19:00:00'].map((time) => minutes(time, 1, 'active')), ...absences);

  it('T16: should find 12:10 to 12:45', async () => {
    expect(await linesOf(aDay(minutes('12:10:00', 35, 'afk')))).toEqual(['extended_afk medium 12:10-12:45 35']);
  });

  it('T16: should find nothing in exactly 30 minutes', async () => {
    expect(await linesOf(aDay(minutes('12:10:00', 30, 'afk')))).toEqual([]);
    expect(await linesOf(aDay(minutes('12:10:00', 30 + 1 / 60, 'afk')))).toEqual([
      'extended_afk medium 12:10-12:41 30.02',
    ]);
  });

  it.each([
    [60, 'medium'],
    [60 + 1 / 60, 'high'],
    [120, 'high'],
    [120 + 1 / 60, 'critical'],
  ])('should judge an absence of %d minutes as %s', async (count, severity) => {
    const [found] = await discrepanciesOf(aDay(minutes('10:00:00', count, 'afk')));
    expect(found!.severity).toBe(severity);
  });

  it('should find more than 60 minutes outside core hours, and nothing in exactly 60', async () => {
    expect(await linesOf(aDay(minutes('17:30:00', 60, 'afk')))).toEqual([]);
    expect(await linesOf(aDay(minutes('17:30:00', 61, 'afk')))).toEqual(['extended_afk high 17:30-18:31 61']);
  });

  it('should find an absence over the edge of core hours by its part within them', async () => {
    expect(await linesOf(aDay(minutes('16:30:00', 45, 'afk')))).toEqual([]);
    expect(await linesOf(aDay(minutes('16:29:00', 46, 'afk')))).toEqual(['extended_afk medium 16:29-17:15 46']);
  });

  it('should use the core hours it is given', async () => {
    const absence = aDay(minutes('08:10:00', 40, 'afk'));
    expect(await linesOf(absence)).toEqual([]);
    expect(await linesOf(absence, DAY, { from: 8, to: 12 })).toEqual(['extended_afk medium 08:10-08:50 40']);
  });

  it('should find nothing before the first and after the last activity of a day', async () => {
    const points = together(
      minutes('09:00:00', 90, 'afk'),
      minutes('10:30:00', 10, 'idle'),
      minutes('10:40:00', 60, 'active'),
      minutes('11:40:00', 300, 'afk'),
    );
    expect(await linesOf(points)).toEqual([]);
    expect(await linesOf(minutes('09:00:00', 300, 'afk'))).toEqual([]);
  });

  it('should take points that touch for one absence, and one that another computer interrupts for two', async () => {
    const touching = aDay(minutes('12:00:00', 20, 'afk'), minutes('12:20:00', 20, 'afk'));
    expect(await linesOf(touching)).toEqual(['extended_afk medium 12:00-12:40 40']);
    const interrupted = aDay(minutes('12:00:00', 40, 'afk'), minutes('12:20:00', 1, 'active', 'laptop'));
    expect(await linesOf(interrupted)).toEqual([]);
  });
});

describe('excessive_idle', () => {
  it('should find more than 60 minutes of a day', async () => {
    const day = minutes('08:00:00', 600, 'active');
    expect(await linesOf(together(day, minutes('19:00:00', 60, 'idle')))).toEqual([]);
    expect(await linesOf(together(day, minutes('19:00:00', 61, 'idle')))).toEqual([
      'excessive_idle medium 19:00-20:01 61',
    ]);
  });

  it('should find more than a fifth of the tracked time', async () => {
    expect(await linesOf(together(minutes('09:00:00', 40, 'active'), minutes('10:00:00', 10, 'idle')))).toEqual([]);
    expect(await linesOf(together(minutes('09:00:00', 39, 'active'), minutes('10:00:00', 10, 'idle')))).toEqual([
      'excessive_idle medium 10:00-10:10 10',
    ]);
  });

  it('should be high from 120 minutes', async () => {
    const day = minutes('08:00:00', 600, 'active');
    const [below] = await discrepanciesOf(together(day, minutes('19:00:00', 120 - 1 / 60, 'idle')));
    const [from] = await discrepanciesOf(together(day, minutes('19:00:00', 120, 'idle')));
    expect([below!.severity, from!.severity]).toEqual(['medium', 'high']);
  });
});

describe('low_productivity_apps', () => {
  const steam = (from: string, count: number) => used(at(from), count, 'Steam');

  it('should find more than 60 minutes of entertainment and shopping together', async () => {
    const shop = used(at('15:00:00'), 30, 'Firefox', 'Amazon.com: Keyboards — Mozilla Firefox');
    expect(await linesOf(together(steam('10:00:00', 30), shop))).toEqual([]);
    const found = await discrepanciesOf(together(steam('10:00:00', 31), shop));
    expect(found).toMatchObject([{ type: 'low_productivity_apps', severity: 'medium', durationMs: 61 * 60_000 }]);
    expect(found[0]!.context).toBe('Steam 31 min, Amazon 30 min');
  });

  it('should be high over 120 minutes', async () => {
    // In two runs, so that no window stays for more than two hours.
    const [exactly] = await discrepanciesOf(together(steam('10:00:00', 60), steam('14:00:00', 60)));
    const [over] = await discrepanciesOf(together(steam('10:00:00', 60), steam('14:00:00', 61)));
    expect([exactly!.severity, over!.severity]).toEqual(['medium', 'high']);
  });

  it('should leave out what is a discrepancy of its own', async () => {
    const found = await linesOf(together(steam('10:00:00', 50), used(at('12:00:00'), 15, 'Netflix')));
    expect(found).toEqual(['media_consumption medium 12:00-12:15 15']);
  });
});

describe('suspicious_pattern', () => {
  it('should find one window for more than two hours on end', async () => {
    expect(await linesOf(used(at('09:00:00'), 120, 'Excel', 'Data.xlsx'))).toEqual([]);
    const [found] = await discrepanciesOf(used(at('09:00:00'), 121, 'Excel', 'Data.xlsx'));
    expect(found).toMatchObject({ type: 'suspicious_pattern', severity: 'high', context: 'Data.xlsx' });
    expect(found!.description).toBe('The same window of Excel for 2 h 1 min without a change');
  });

  it('should find it through points that touch, but not over a change, a gap or a break', async () => {
    const points = (middle: Partial<PersonPoints>) =>
      together(used(at('09:00:00'), 100, 'Excel', 'Data'), middle, used(at('10:50:00'), 100, 'Excel', 'Data'));
    expect(await linesOf(points(used(at('10:40:00'), 10, 'Excel', 'Data')))).toEqual([
      'suspicious_pattern high 09:00-12:30 210',
    ]);
    expect(await linesOf(points(used(at('10:40:00'), 10, 'Excel', 'Budget')))).toEqual([]);
    expect(await linesOf(points({}))).toEqual([]);
    expect(await linesOf(points(minutes('10:40:00', 10, 'afk')))).toEqual([]);
  });

  it('should see a change behind what is kept of a long title', async () => {
    const long = (ending: string) => `${'x'.repeat(205)}${ending}`;
    const points = (second: string) =>
      together(used(at('09:00:00'), 100, 'Word', long('Letter')), used(at('10:40:00'), 100, 'Word', long(second)));
    expect(await linesOf(points('Invoice'))).toEqual([]);
    const [found] = await discrepanciesOf(points('Letter'));
    expect(found).toMatchObject({ type: 'suspicious_pattern', durationMs: 200 * 60_000 });
  });

  it('should not find it while another computer shows change', async () => {
    const points = together(used(at('09:00:00'), 200, 'Excel', 'Data'), {
      windows: [window(at('10:30:00'), 60, 'Word', 'Letter', 'laptop')],
    });
    expect(await linesOf(points)).toEqual([]);
  });

  it('should find activity in the first and the last tracked hour only', async () => {
    const points = together(
      minutes('09:00:00', 10, 'active'),
      minutes('09:10:00', 460, 'afk'),
      minutes('16:50:00', 10, 'active'),
    );
    expect(await linesOf(points)).toEqual([
      'suspicious_pattern high 09:00-17:00 20',
      'extended_afk critical 09:10-16:50 460',
    ]);
  });

  it('should not find it when nothing between is tracked, or something between is active', async () => {
    const ends = together(minutes('09:00:00', 10, 'active'), minutes('16:50:00', 10, 'active'));
    expect(await linesOf(ends)).toEqual([]);
    const between = together(ends, minutes('11:00:00', 10, 'afk'), minutes('12:00:00', 1, 'active'));
    expect(await linesOf(between)).toEqual([]);
    expect(await linesOf(minutes('09:00:00', 10, 'active'))).toEqual([]);
  });
});
