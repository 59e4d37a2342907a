import type { EventSource } from '../../src/modules/analytics/product/event-source.js';

// What reports should say of a set of events, recounted without any of the code under test.

export interface NaiveEvent {
  eventName: string;
  /** `null`: no readable time. */
  timestamp: Date | null;
  userId?: string;
  anonymousId?: string;
}

/** The first userId of every anonymousId: by time, then by the userId's bytes; events without a time last. */
export function naiveLinks(events: readonly NaiveEvent[]): Record<string, string> {
  const first = new Map<string, { time: number; userId: string }>();
  for (const { anonymousId, userId, timestamp } of events) {
    if (!anonymousId || !userId) continue;
    const time = timestamp?.getTime() ?? Infinity;
    const known = first.get(anonymousId);
    const isFirst =
      known === undefined ||
      time < known.time ||
      (time === known.time && Buffer.compare(Buffer.from(userId), Buffer.from(known.userId)) < 0);
    if (isFirst) first.set(anonymousId, { time, userId });
  }
  return Object.fromEntries([...first].map(([anonymousId, { userId }]) => [anonymousId, userId]).sort());
}

/** All that a source of events can say of a few ranges. */
export interface Figures {
  names: Record<string, number>[];
  persons: unknown[];
  buckets: number[];
  edges: unknown[];
  /** Persons by the times and names of their events. */
  journeys: string[];
}

const SPAN_DAYS = 8;
const CONVERSION = 'login';

/** Open on both sides, open on one, a day, and a stretch that begins and ends within days. */
function ranges(start: number, dayMs: number) {
  return [
    { from: null, toExclusive: null },
    { from: start + 2 * dayMs, toExclusive: null },
    { from: null, toExclusive: start + dayMs },
    { from: start + dayMs, toExclusive: start + 2 * dayMs },
    { from: start + 20 * 60_000, toExclusive: start + 2 * dayMs + 17 * 60_000 },
  ];
}

const boundaries = (start: number, dayMs: number): number[] =>
  Array.from({ length: SPAN_DAYS * 8 }, (_, i) => start + (i * dayMs) / 8);

export function naiveFigures(
  events: readonly NaiveEvent[],
  links: Readonly<Record<string, string>>,
  start: number,
  dayMs: number,
): Figures {
  const personOf = ({ userId, anonymousId }: NaiveEvent): string | null => {
    const user = userId ?? (anonymousId === undefined ? undefined : links[anonymousId]);
    return user !== undefined ? `u${user}` : anonymousId === undefined ? null : `a${anonymousId}`;
  };
  const within = (from: number | null, toExclusive: number | null): NaiveEvent[] =>
    events.filter(({ timestamp }) => {
      if (timestamp === null) return from === null && toExclusive === null;
      const time = timestamp.getTime();
      return time >= (from ?? -Infinity) && time < (toExclusive ?? Infinity);
    });
  const figures: Figures = { names: [], persons: [], buckets: [], edges: [], journeys: [] };
  for (const { from, toExclusive } of ranges(start, dayMs)) {
    const found = within(from, toExclusive);
    const names: Record<string, number> = {};
    for (const { eventName } of found) names[eventName] = (names[eventName] ?? 0) + 1;
    figures.names.push(sorted(names));
    const persons = (some: NaiveEvent[]) => new Set(some.map(personOf).filter((person) => person !== null)).size;
    figures.persons.push({
      total: persons(found),
      converted: persons(found.filter(({ eventName }) => eventName === CONVERSION)),
    });
    const times = found.flatMap(({ timestamp }) => timestamp?.getTime() ?? []);
    figures.edges.push(times.length === 0 ? null : { first: Math.min(...times), last: Math.max(...times) });
  }
  const edges = boundaries(start, dayMs);
  figures.buckets = edges.slice(1).map((to, i) => within(edges[i]!, to).length);
  const journeys = new Map<string, string[]>();
  for (const each of events) {
    if (each.timestamp === null) continue;
    const person = personOf(each) ?? 'nobody';
    journeys.set(person, [...(journeys.get(person) ?? []), `${each.timestamp.getTime()} ${each.eventName}`]);
  }
  figures.journeys = [...journeys].map(([person, steps]) => journey(person === 'nobody', steps)).sort();
  return figures;
}

export async function figuresOf(source: EventSource, start: number, dayMs: number): Promise<Figures> {
  const figures: Figures = { names: [], persons: [], buckets: [], edges: [], journeys: [] };
  for (const range of ranges(start, dayMs)) {
    const names = await source.countByName(range);
    figures.names.push(sorted(Object.fromEntries(names.map(({ eventName, count }) => [eventName, count]))));
    figures.persons.push(await source.countPersons(range, CONVERSION));
    figures.edges.push(await source.findEdges(range));
  }
  figures.buckets = [...(await source.countByBucket(boundaries(start, dayMs)))];
  const stream = source.stream({ from: null, toExclusive: null });
  const journeys = new Map<number, string[]>();
  for await (const { length, times, nameOf, personOf } of stream.batches()) {
    for (let i = 0; i < length; i++) {
      const person = personOf[i]!;
      journeys.set(person, [...(journeys.get(person) ?? []), `${times[i]} ${stream.names[nameOf[i]!]}`]);
    }
  }
  figures.journeys = [...journeys].map(([person, steps]) => journey(person < 0, steps)).sort();
  return figures;
}

function journey(isNobody: boolean, steps: string[]): string {
  return `${isNobody ? 'nobody' : 'person'}: ${steps.sort().join(', ')}`;
}

function sorted(counts: Record<string, number>): Record<string, number> {
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
}
