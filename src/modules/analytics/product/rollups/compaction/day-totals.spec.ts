import fc from 'fast-check';
import { ActorBits, orInto } from '../format/actor-set.js';
import { DAY_MS, dayStart, NO_TIME_DAY, QUARTERS_PER_DAY } from '../../day.js';
import type { DayBlock } from '../format/day-block.js';
import { DayTotals } from './day-totals.js';
import { nameKey } from '../format/name-key.js';

type Event = [time: number, name: string, actor: number];

const DAY = 20_000;

function blockOf(events: readonly Event[]): DayBlock {
  const sorted = [...events].sort((a, b) => a[0] - b[0]);
  // One name too many, as a slice of a larger block has.
  const names = ['unused', ...new Set(sorted.map(([, name]) => name))];
  return {
    length: sorted.length,
    times: Uint32Array.from(sorted, ([time]) => time),
    names,
    nameOf: Uint16Array.from(sorted, ([, name]) => names.indexOf(name)),
    actorOf: Int32Array.from(sorted, ([, , actor]) => actor),
  };
}

function actorsOf(encoded: Uint8Array): number[] {
  const bits = new ActorBits();
  orInto(bits, encoded);
  const actors: number[] = [];
  bits.forEach((n) => actors.push(n));
  return actors;
}

function read(totals: DayTotals): unknown {
  const { events, first, last, quarters, names, counts, actors } = totals.figures;
  return {
    ...{ events, first, last, quarters: [...quarters], actors: actorsOf(actors) },
    names: Object.fromEntries(names.map((name, i) => [name, counts[i]])),
    sets: Object.fromEntries([...totals.nameSets].map(([key, set]) => [key, actorsOf(set)])),
  };
}

const distinct = (events: readonly Event[]): number[] =>
  [...new Set(events.map(([, , actor]) => actor))].filter((actor) => actor >= 0).sort((a, b) => a - b);

function count(events: readonly Event[], isTimed: boolean): unknown {
  const times = events.map(([time]) => dayStart(DAY) + time);
  const names = [...new Set(events.map(([, name]) => name))];
  const of = (name: string): Event[] => events.filter((event) => event[1] === name);
  const quarters = Array.from(
    { length: isTimed ? QUARTERS_PER_DAY : 0 },
    (_, q) => events.filter(([time]) => Math.floor(time / 900_000) === q).length,
  );
  return {
    events: events.length,
    first: isTimed && events.length > 0 ? Math.min(...times) : null,
    last: isTimed && events.length > 0 ? Math.max(...times) : null,
    quarters,
    actors: distinct(events),
    names: Object.fromEntries(names.map((name) => [name, of(name).length])),
    sets: Object.fromEntries(names.map((name) => [nameKey(name), distinct(of(name))])),
  };
}

const event: fc.Arbitrary<Event> = fc.tuple(
  fc.nat(DAY_MS - 1),
  fc.constantFrom('open', 'buy', '$x.y', '__proto__'),
  fc.integer({ min: -1, max: 40 }),
);

describe('DayTotals', () => {
  it('should add up the events of all blocks, from nothing or from what was stored', () => {
    const batches = fc.array(fc.array(event, { maxLength: 30 }), { maxLength: 4 });
    fc.assert(
      fc.property(batches, batches, (stored, added) => {
        const before = new DayTotals(DAY);
        stored.forEach((events) => before.add(blockOf(events)));
        const kept = read(before);
        const totals = new DayTotals(DAY, before.figures, before.nameSets);
        added.forEach((events) => totals.add(blockOf(events)));
        expect(read(totals)).toEqual(count([...stored, ...added].flat(), true));
        expect(read(before)).toEqual(kept);
      }),
    );
  });

  it('should keep no times of the day without times', () => {
    const events: Event[] = [
      [0, 'open', 3],
      [0, 'open', -1],
    ];
    const totals = new DayTotals(NO_TIME_DAY);
    totals.add(blockOf(events));
    expect(read(totals)).toEqual(count(events, false));
    expect(read(new DayTotals(NO_TIME_DAY, totals.figures, totals.nameSets))).toEqual(count(events, false));
  });
});
