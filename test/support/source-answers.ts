import fc from 'fast-check';
import type { TimeRange } from '../../src/common/time/range.js';
import type { EventSource } from '../../src/modules/analytics/product/event-source.js';
import type { NaiveEvent } from './naive-product.js';

// The same questions for every source of events, with the answers that a look at each single event gives.

const MINUTE = 60_000;
const DAY = 86_400_000;
const STEPS = [15 * MINUTE, 60 * MINUTE, DAY, 7 * DAY, 433_000];

export interface Questions {
  ranges: TimeRange[];
  /** Boundaries of buckets. */
  series: number[][];
  names: string[];
}

export interface Answers {
  byName: unknown[];
  persons: unknown[];
  edges: unknown[];
  buckets: number[][];
  /** For each range, of all names and of those asked for: the times and names of each person's events. */
  journeys: string[][];
}

/** Times on the edges of days and quarters of hours, and beside them. @param start midnight. @param days how many. */
export function momentArbitrary(start: number, days: number): fc.Arbitrary<number> {
  const last = days * DAY - 1;
  return fc
    .oneof(
      { weight: 3, arbitrary: fc.integer({ min: 0, max: last }) },
      { weight: 2, arbitrary: fc.integer({ min: 0, max: days * 96 - 1 }).map((quarter) => quarter * 15 * MINUTE) },
      { weight: 2, arbitrary: fc.constantFrom(0, 1, DAY - 1, DAY, DAY + 1, 2 * DAY) },
    )
    .map((ms) => start + Math.min(ms, last));
}

export function questionsArbitrary(start: number, days: number, names: readonly string[]): fc.Arbitrary<Questions> {
  const moment = momentArbitrary(start - DAY, days + 2);
  const range = fc
    .tuple(fc.option(moment), fc.option(moment))
    .map(([a, b]): TimeRange =>
      a !== null && b !== null && a > b ? { from: b, toExclusive: a } : { from: a, toExclusive: b },
    );
  // Days and hours of zones that lie hours, half hours and quarters of hours beside UTC, and steps of no calendar.
  const offset = fc.constantFrom(0, 60, -300, 330, 345, 7).map((minutes) => minutes * MINUTE);
  const series = fc
    .tuple(offset, fc.constantFrom(...STEPS), fc.integer({ min: -1, max: days }), fc.integer({ min: 1, max: 40 }))
    .map(([shift, step, day, count]) =>
      Array.from({ length: count + 1 }, (_, i) => start + day * DAY - shift + i * step),
    );
  return fc.record({
    ranges: fc.array(range, { minLength: 1, maxLength: 3 }).map((some) => [{ from: null, toExclusive: null }, ...some]),
    series: fc.array(series, { minLength: 1, maxLength: 2 }),
    names: fc.array(fc.constantFrom(...names, 'unheard of'), { minLength: 1, maxLength: 3 }),
  });
}

export async function answersOf(source: EventSource, { ranges, series, names }: Questions): Promise<Answers> {
  const answers: Answers = { byName: [], persons: [], edges: [], buckets: [], journeys: [] };
  for (const range of ranges) {
    const counts = await source.countByName(range);
    answers.byName.push(counts.map(({ eventName, count }) => `${eventName} ${count}`).sort());
    answers.persons.push([await source.countPersons(range), await source.countPersons(range, names[0])]);
    answers.edges.push(await source.findEdges(range));
    answers.journeys.push(await journeysOf(source, range), await journeysOf(source, range, names));
  }
  for (const boundaries of series) answers.buckets.push(await source.countByBucket(boundaries));
  return answers;
}

async function journeysOf(source: EventSource, range: TimeRange, names?: readonly string[]): Promise<string[]> {
  const stream = source.stream(range, names);
  const journeys = new Map<number, string[]>();
  let last = -Infinity;
  for await (const { length, times, nameOf, personOf } of stream.batches()) {
    for (let i = 0; i < length; i++) {
      if (times[i]! < last) throw new Error('A stream is out of order');
      last = times[i]!;
      const person = personOf[i]!;
      if (person >= stream.persons) throw new Error('A person is beyond the number of persons');
      journeys.set(person, [...(journeys.get(person) ?? []), `${last} ${stream.names[nameOf[i]!]}`]);
    }
  }
  return toTexts([...journeys].map(([person, events]) => ({ isNobody: person < 0, events })));
}

export function naiveAnswers(
  events: readonly NaiveEvent[],
  links: Readonly<Record<string, string>>,
  { ranges, series, names }: Questions,
): Answers {
  const personOf = ({ userId, anonymousId }: NaiveEvent): string | null => {
    const user = userId ?? (anonymousId === undefined ? undefined : links[anonymousId]);
    return user !== undefined ? `u${user}` : anonymousId === undefined ? null : `a${anonymousId}`;
  };
  const timed = events.flatMap((event) =>
    event.timestamp === null ? [] : { ...event, time: event.timestamp.getTime() },
  );
  const within = ({ from, toExclusive }: TimeRange) =>
    timed.filter(({ time }) => time >= (from ?? -Infinity) && time < (toExclusive ?? Infinity));
  const distinct = (some: readonly NaiveEvent[]) =>
    new Set(some.map(personOf).filter((person) => person !== null)).size;
  const journeys = (range: TimeRange, asked?: readonly string[]) => {
    const byPerson = new Map<string | null, string[]>();
    for (const event of within(range)) {
      if (asked !== undefined && !asked.includes(event.eventName)) continue;
      const person = personOf(event);
      byPerson.set(person, [...(byPerson.get(person) ?? []), `${event.time} ${event.eventName}`]);
    }
    return toTexts([...byPerson].map(([person, texts]) => ({ isNobody: person === null, events: texts })));
  };
  const answers: Answers = { byName: [], persons: [], edges: [], buckets: [], journeys: [] };
  for (const range of ranges) {
    const found: NaiveEvent[] = range.from === null && range.toExclusive === null ? [...events] : within(range);
    const counts = new Map<string, number>();
    for (const { eventName } of found) counts.set(eventName, (counts.get(eventName) ?? 0) + 1);
    answers.byName.push([...counts].map(([name, count]) => `${name} ${count}`).sort());
    const converted = distinct(found.filter(({ eventName }) => eventName === names[0]));
    const total = distinct(found);
    answers.persons.push([
      { total, converted: 0 },
      { total, converted },
    ]);
    const times = within(range).map(({ time }) => time);
    answers.edges.push(times.length === 0 ? null : { first: Math.min(...times), last: Math.max(...times) });
    answers.journeys.push(journeys(range), journeys(range, names));
  }
  answers.buckets = series.map((boundaries) =>
    boundaries.slice(1).map((to, i) => within({ from: boundaries[i]!, toExclusive: to }).length),
  );
  return answers;
}

function toTexts(journeys: readonly { isNobody: boolean; events: string[] }[]): string[] {
  return journeys
    .map(({ isNobody, events }) => `${isNobody ? 'nobody' : 'somebody'}: ${events.sort().join(', ')}`)
    .sort();
}
