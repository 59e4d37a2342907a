import { ActorBits, orInto } from '../format/actor-set.js';
import type { DayBlock } from '../format/day-block.js';
import type { HeadRow } from '../format/day-head.js';
import { DAY_MS, dayStart, NO_TIME_DAY, QUARTERS_PER_DAY } from '../../day.js';
import { nameKey } from '../format/name-key.js';
import type { RawDay } from './raw-day.js';

/** Room for the numbers of names beside those of actors in 53 bits. */
const ACTORS = 2 ** 32;
const SHOWN_EVENTS = 3;

/** What rollups hold of one day. */
export interface RolledDay {
  head: HeadRow;
  /** Encoded sets of actors by `nameKey`. */
  sets: ReadonlyMap<string, Uint8Array>;
  /** The events of all blocks by time. */
  events: DayBlock;
  /** By number of the actor. */
  persons: Int32Array;
}

/** What raw events say of actors, by their place in the raw day. */
export interface RawActors {
  /** The project's number; -1: the rollups do not know the actor. */
  numbers: Int32Array;
  /** The number of the person, by the links; -1: not known. */
  persons: Int32Array;
}

/** Recounts a day from raw events, by other means than rollups are made with. Each difference is a sentence. */
export function compareDay(day: number, raw: RawDay, actors: RawActors, rolled: RolledDay | null): string[] {
  if (rolled === null) return raw.length === 0 ? [] : [`not in the rollups: ${raw.length} events`];
  return [
    ...compareFigures(day, raw, rolled.head),
    ...compareNames(raw, rolled.head),
    ...compareActors(raw, actors, rolled),
    ...compareEvents(raw, actors, rolled.events),
  ];
}

function compareFigures(day: number, raw: RawDay, head: HeadRow): string[] {
  const quarters = new Array<number>(day === NO_TIME_DAY ? 0 : QUARTERS_PER_DAY).fill(0);
  const isTimed = day !== NO_TIME_DAY && raw.length > 0;
  for (let i = 0; isTimed && i < raw.length; i++) {
    quarters[Math.floor((raw.times[i]! * QUARTERS_PER_DAY) / DAY_MS)]! += 1;
  }
  const first = isTimed ? dayStart(day) + raw.times[0]! : null;
  const last = isTimed ? dayStart(day) + raw.times[raw.length - 1]! : null;
  return [
    ...differing('events', raw.length, head.events),
    ...differing('first event', first, head.first),
    ...differing('last event', last, head.last),
    ...quarters.flatMap((count, i) => differing(`events in quarter of an hour ${i}`, count, head.quarters[i] ?? 0)),
  ];
}

function compareNames(raw: RawDay, head: HeadRow): string[] {
  const counts = new Map(raw.names.map((name) => [name, 0]));
  for (let i = 0; i < raw.length; i++)
    counts.set(raw.names[raw.nameOf[i]!]!, counts.get(raw.names[raw.nameOf[i]!]!)! + 1);
  const rolled = new Map(head.names.map((name, i) => [name, head.counts[i]!]));
  const names = new Set([...counts.keys(), ...rolled.keys()]);
  return [...names].flatMap((name) =>
    differing(`events named ${JSON.stringify(name)}`, counts.get(name) ?? 0, rolled.get(name) ?? 0),
  );
}

/** Sets of actors and, through links, numbers of persons: of all events, and of each name. */
function compareActors(raw: RawDay, { numbers, persons }: RawActors, rolled: RolledDay): string[] {
  const all = newTally();
  const byName = raw.names.map(newTally);
  for (let i = 0; i < raw.length; i++) {
    const actor = raw.actorOf[i]!;
    if (actor < 0) continue;
    for (const tally of [all, byName[raw.nameOf[i]!]!]) {
      tally.actors.add(numbers[actor]!);
      tally.persons.add(persons[actor]!);
    }
  }
  const compare = (label: string, tally: Tally, encoded?: Uint8Array) => {
    const bits = new ActorBits();
    if (encoded !== undefined) orInto(bits, encoded);
    const found = newTally();
    bits.forEach((actor) => {
      found.actors.add(actor);
      found.persons.add(rolled.persons[actor] ?? -1);
    });
    return [
      ...differing(`actors of ${label} that are missing`, 0, countMissing(tally.actors, found.actors)),
      ...differing(`actors of ${label} too many`, 0, countMissing(found.actors, tally.actors)),
      ...differing(`persons of ${label}`, tally.persons.size, found.persons.size),
      ...differing(`persons of ${label} that are others`, 0, countMissing(tally.persons, found.persons)),
    ];
  };
  return [
    ...compare('all events', all, rolled.head.actors),
    ...raw.names.flatMap((name, i) =>
      compare(`events named ${JSON.stringify(name)}`, byName[i]!, rolled.sets.get(nameKey(name))),
    ),
  ];
}

/** The columns: of each millisecond the same names and actors, in whatever order. */
function compareEvents(raw: RawDay, { numbers }: RawActors, rolled: DayBlock): string[] {
  const nameNumbers = new Map(raw.names.map((name, i) => [name, i]));
  const rolledNames = rolled.names.map((name, i) => nameNumbers.get(name) ?? raw.names.length + i);
  const differences: string[] = [];
  for (let i = 0, j = 0; i < raw.length || j < rolled.length;) {
    const time = Math.min(i < raw.length ? raw.times[i]! : Infinity, j < rolled.length ? rolled.times[j]! : Infinity);
    const expected: number[] = [];
    const found: number[] = [];
    for (; i < raw.length && raw.times[i] === time; i++) {
      const actor = raw.actorOf[i]!;
      expected.push(raw.nameOf[i]! * ACTORS + (actor < 0 ? 0 : numbers[actor]! + 1));
    }
    for (; j < rolled.length && rolled.times[j] === time; j++) {
      found.push(rolledNames[rolled.nameOf[j]!]! * ACTORS + rolled.actorOf[j]! + 1);
    }
    if (isSame(expected, found)) continue;
    differences.push(
      `columns at ${time} ms of the day: ${expected.length} raw events, ${found.length} rolled up, not the same`,
    );
  }
  const more = differences.length - SHOWN_EVENTS;
  return more > 0 ? [...differences.slice(0, SHOWN_EVENTS), `columns at ${more} more times`] : differences;
}

interface Tally {
  actors: Set<number>;
  persons: Set<number>;
}

function newTally(): Tally {
  return { actors: new Set(), persons: new Set() };
}

function countMissing(expected: ReadonlySet<number>, found: ReadonlySet<number>): number {
  let missing = 0;
  for (const each of expected) if (!found.has(each)) missing++;
  return missing;
}

function isSame(expected: number[], found: number[]): boolean {
  if (expected.length !== found.length) return false;
  if (expected.length > 1) {
    expected.sort((a, b) => a - b);
    found.sort((a, b) => a - b);
  }
  return expected.every((each, i) => each === found[i]);
}

function differing(label: string, raw: number | null, rolled: number | null): string[] {
  return raw === rolled ? [] : [`${label}: ${raw ?? 'none'} by raw events, ${rolled ?? 'none'} by rollups`];
}
