import fc from 'fast-check';
import { eventBatches, type StreamedEvent } from '../../../../../test/factories/event-batch.factory.js';
import { ABSENT_NAME, ANY_NAME, Retention, type RetentionShape } from './retention.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

interface Names {
  start?: string;
  returning?: string;
}

const position = (names: string[], name: string | undefined) =>
  name === undefined ? ANY_NAME : names.includes(name) ? names.indexOf(name) : ABSENT_NAME;

/** Per cohort its size and the users of each period. */
function run(events: StreamedEvent[], shape: RetentionShape, { start, returning }: Names = {}, lengths?: number[]) {
  const names: string[] = [];
  const retention = new Retention(shape);
  for (const batch of eventBatches(events, names, lengths)) {
    retention.add(batch, 0, batch.length, position(names, start), position(names, returning));
  }
  return Array.from({ length: shape.cohorts }, (_, cohort) => [
    retention.sizes[cohort]!,
    Array.from({ length: shape.periods + 1 }, (_, period) => retention.usersAt(cohort, period)),
  ]);
}

/** Days of 24 hours from 0 on. */
const days = (cohorts: number, periods: number, mode: RetentionShape['mode'] = 'calendar'): RetentionShape => ({
  boundaries: Array.from({ length: cohorts + periods + 1 }, (_, day) => day * DAY),
  cohorts,
  periods,
  mode,
});

describe('Retention', () => {
  it('should count who came back in which interval', () => {
    const events = [
      { person: 1, time: 1 * HOUR },
      { person: 1, time: 23 * HOUR },
      { person: 1, time: 25 * HOUR },
      { person: 2, time: 23 * HOUR },
      { person: 2, time: 49 * HOUR },
      { person: 3, time: 26 * HOUR },
      { person: -1, time: 26 * HOUR },
    ];
    expect(run(events, days(2, 2))).toEqual([
      [2, [2, 1, 1]],
      [1, [1, 0, 0]],
    ]);
  });

  it('should count 24 hours from the very start of each person', () => {
    const events = [
      { person: 1, time: 23 * HOUR },
      { person: 1, time: 23 * HOUR + DAY - 1 },
      { person: 2, time: 23 * HOUR },
      { person: 2, time: 23 * HOUR + DAY },
    ];
    expect(run(events, days(1, 2))).toEqual([[2, [2, 2, 0]]]);
    expect(run(events, days(1, 2, '24h'))).toEqual([[2, [2, 1, 0]]]);
  });

  it('should leave out who began before the first cohort or after the last', () => {
    const events = [
      { person: 1, time: -1 },
      { person: 1, time: 1 },
      { person: 2, time: DAY },
      { person: 3, time: 0 },
    ];
    expect(run(events, days(1, 1))).toEqual([[1, [1, 0]]]);
  });

  it('should wait for the start event and not count what came back before it', () => {
    const named = (eventName: string, hour: number, person = 1) => ({ person, eventName, time: hour * HOUR });
    const events = [named('back', 1), named('start', 2), named('start', 30), named('back', 50)];
    const names = { start: 'start', returning: 'back' };
    expect(run(events, days(1, 2), names)).toEqual([[1, [0, 0, 1]]]);
    expect(run([...events, named('back', 3)], days(1, 2), names)).toEqual([[1, [1, 0, 1]]]);
    // Of one millisecond, whichever stands first.
    expect(run([named('back', 2), named('start', 2)], days(1, 0), names)).toEqual([[1, [1]]]);
    expect(run([named('start', 2), named('back', 2)], days(1, 0), names)).toEqual([[1, [1]]]);
    expect(run(events, days(1, 2), { start: 'start' })).toEqual([[1, [1, 1, 1]]]);
    expect(run(events, days(1, 2), { start: 'nothing' })).toEqual([[0, [0, 0, 0]]]);
    expect(run(events, days(1, 2), { returning: 'start' })).toEqual([[1, [1, 1, 0]]]);
  });

  it('should agree with looking at each person and cell', () => {
    const name = fc.constantFrom('a', 'b', 'c');
    const some = fc.option(name, { nil: undefined });
    const event = fc.record({
      person: fc.integer({ min: -1, max: 4 }),
      eventName: name,
      time: fc.integer({ min: -12, max: 12 * 8 }).map((quarter) => quarter * 3 * HOUR),
    });
    // Days of 24, 23 and 25 hours.
    const boundaries = [0, 24, 47, 72, 97, 121, 145, 169, 193].map((hour) => hour * HOUR);
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 40 }),
        fc.record({ start: some, returning: some }),
        fc.integer({ min: 1, max: 4 }),
        fc.integer({ min: 0, max: 4 }),
        fc.constantFrom('calendar' as const, '24h' as const),
        fc.array(fc.integer({ min: 1, max: 5 })),
        (events, names, cohorts, periods, mode, lengths) => {
          const shape = { boundaries: boundaries.slice(0, cohorts + periods + 1), cohorts, periods, mode };
          expect(run(events, shape, names, lengths)).toEqual(byHand(events, shape, names));
        },
      ),
      { numRuns: 2000 },
    );
  });

  function byHand(events: StreamedEvent[], { boundaries, cohorts, periods, mode }: RetentionShape, names: Names) {
    const matches = (name: string | undefined) => (event: StreamedEvent) =>
      name === undefined || event.eventName === name;
    const persons = [0, 1, 2, 3, 4].map((person) => {
      const mine = events.filter((event) => event.person === person);
      const first = Math.min(...mine.filter(matches(names.start)).map(({ time }) => time));
      return { first, returns: mine.filter(matches(names.returning)).filter(({ time }) => time >= first) };
    });
    return Array.from({ length: cohorts }, (_, cohort) => {
      const members = persons.filter(({ first }) => first >= boundaries[cohort]! && first < boundaries[cohort + 1]!);
      const cells = Array.from({ length: periods + 1 }, (_, period) => {
        const within = (first: number, time: number) =>
          mode === 'calendar'
            ? time >= boundaries[cohort + period]! && time < boundaries[cohort + period + 1]!
            : time >= first + period * DAY && time < first + (period + 1) * DAY;
        return members.filter(({ first, returns }) => returns.some(({ time }) => within(first, time))).length;
      });
      return [members.length, cells];
    });
  }
});
