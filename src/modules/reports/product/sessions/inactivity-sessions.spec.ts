import fc from 'fast-check';
import { eventBatches, type StreamedEvent } from '../../../../../test/factories/event-batch.factory.js';
import { InactivitySessions, type SessionBounds } from './inactivity-sessions.js';
import { SessionFigures } from './session-figures.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const EVERYTHING: SessionBounds = {
  from: -Infinity,
  toExclusive: Infinity,
  readFrom: -Infinity,
  bucketStarts: [0],
  takesWhatIsThere: false,
};

async function run(events: StreamedEvent[], changes: Partial<SessionBounds> = {}, lengths?: number[]) {
  const bounds = { ...EVERYTHING, ...changes };
  const figures = new SessionFigures();
  const sessions = new InactivitySessions(bounds, figures);
  for (const batch of eventBatches(events, [], lengths)) sessions.add(batch, 0, batch.length);
  await sessions.end();
  const labels = bounds.bucketStarts.map(String);
  return { ...figures.totals(), items: figures.buckets(labels), needsEarlier: sessions.isDone };
}

const at = (...clock: string[]) =>
  clock.map((text) => {
    const [hours = 0, minutes = 0, seconds = 0] = text.split(':').map(Number);
    return { time: hours * HOUR + minutes * MINUTE + seconds * 1000 };
  });

describe('InactivitySessions', () => {
  it('should begin a new session after more than 30 min (T14)', async () => {
    expect(await run(at('10:00', '10:20', '10:50:00', '11:20:01'))).toMatchObject({
      sessions: 2,
      averageMinutes: 25,
      engagedSessions: 1,
      engagedAverageMinutes: 50,
      bounceRate: 0.5,
      eventsPerSession: 2,
    });
    expect(await run(at('10:00', '10:20', '10:50:00', '11:20:00'))).toMatchObject({ sessions: 1, averageMinutes: 80 });
  });

  it('should cut a session that would last longer than 24 hours (T14)', async () => {
    const every20Minutes = Array.from({ length: 25 * 3 + 1 }, (_, i) => ({ time: i * 20 * MINUTE }));
    expect(await run(every20Minutes)).toMatchObject({ sessions: 2, averageMinutes: (1440 + 40) / 2 });
  });

  it('should put a session over midnight on the day of its start (T14)', async () => {
    const bounds = { from: 0, toExclusive: 2 * DAY, readFrom: -DAY, bucketStarts: [0, DAY] };
    expect((await run(at('23:50', '24:10'), bounds)).items).toEqual([
      { time: '0', sessions: 1, averageMinutes: 20, bounceRate: 0 },
      { time: String(DAY), sessions: 0, averageMinutes: 0, bounceRate: 0 },
    ]);
  });

  it('should leave out who began before the range and follow who goes on after it', async () => {
    const bounds = { from: 10 * HOUR, toExclusive: 11 * HOUR, readFrom: -DAY, bucketStarts: [10 * HOUR] };
    const early = at('09:50', '10:10').map((event) => ({ ...event, person: 1 }));
    const late = at('10:50', '11:20', '11:40').map((event) => ({ ...event, person: 2 }));
    const after = at('11:00').map((event) => ({ ...event, person: 3 }));
    const nobody = at('10:30').map((event) => ({ ...event, person: -1 }));
    expect(await run([...early, ...late, ...after, ...nobody], bounds)).toMatchObject({
      sessions: 1,
      averageMinutes: 50,
      eventsPerSession: 3,
    });
  });

  it('should give zeros without sessions', async () => {
    expect(await run([])).toEqual({
      sessions: 0,
      averageMinutes: 0,
      engagedSessions: 0,
      engagedAverageMinutes: 0,
      bounceRate: 0,
      eventsPerSession: 0,
      items: [{ time: '0', sessions: 0, averageMinutes: 0, bounceRate: 0 }],
      needsEarlier: false,
    });
  });

  it('should agree with cutting the whole history of each person, unless it asks for more of it', async () => {
    const event = fc.record({
      person: fc.integer({ min: -1, max: 2 }),
      time: fc.integer({ min: -30, max: 200 }).map((step) => step * 10 * MINUTE),
    });
    const steady = fc
      .record({ person: fc.integer({ min: 0, max: 2 }), first: fc.integer({ min: -400, max: 0 }) })
      .map(({ person, first }) =>
        Array.from({ length: 250 }, (_, i) => ({ person, time: (first + i * 3) * 10 * MINUTE })),
      );
    let exact = 0;
    await fc.assert(
      fc.asyncProperty(
        fc.array(event, { maxLength: 60 }),
        fc.option(steady, { nil: [], freq: 1 }),
        fc.array(fc.integer({ min: 1, max: 9 })),
        async (some, long, lengths) => {
          const bounds = {
            from: 20 * HOUR,
            toExclusive: 30 * HOUR,
            readFrom: 10 * HOUR,
            bucketStarts: [20, 25].map((hour) => hour * HOUR),
          };
          const history = [...some, ...long];
          const read = history.filter(({ time }) => time >= bounds.readFrom);
          const { needsEarlier, ...figures } = await run(read, bounds, lengths);
          if (needsEarlier) return;
          exact++;
          expect(figures).toEqual(byHand(history, bounds));
        },
      ),
      { numRuns: 1000 },
    );
    expect(exact).toBeGreaterThan(300);
  });

  function byHand(
    events: StreamedEvent[],
    { from, toExclusive, bucketStarts }: Pick<SessionBounds, 'from' | 'toExclusive' | 'bucketStarts'>,
  ) {
    const sessions: number[][] = [];
    for (const person of [0, 1, 2]) {
      let open: number[] | undefined;
      const times = events.filter((event) => event.person === person).map(({ time }) => time);
      for (const time of times.sort((a, b) => a - b)) {
        if (open !== undefined && time - open.at(-1)! <= 30 * MINUTE && time - open[0]! <= DAY) open.push(time);
        else sessions.push((open = [time]));
      }
    }
    const counted = sessions.filter(([start]) => start! >= from && start! < toExclusive);
    const mean = (values: number[]) => (values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length);
    const minutes = (list: number[][]) => mean(list.map((times) => (times.at(-1)! - times[0]!) / MINUTE));
    const bounces = (list: number[][]) => mean(list.map((times) => (times.length === 1 ? 1 : 0)));
    const engaged = counted.filter((times) => times.length > 1);
    return {
      sessions: counted.length,
      averageMinutes: minutes(counted),
      engagedSessions: engaged.length,
      engagedAverageMinutes: minutes(engaged),
      bounceRate: bounces(counted),
      eventsPerSession: mean(counted.map((times) => times.length)),
      items: bucketStarts.map((start, i) => {
        const here = counted.filter(([first]) => first! >= start && first! < (bucketStarts[i + 1] ?? Infinity));
        return {
          time: String(start),
          sessions: here.length,
          averageMinutes: minutes(here),
          bounceRate: bounces(here),
        };
      }),
    };
  }
});
