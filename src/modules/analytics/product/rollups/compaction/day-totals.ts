import { uniteActors } from '../format/actor-set.js';
import { dayStart, NO_TIME_DAY, QUARTERS_PER_DAY, quarterOf } from '../../day.js';
import type { DayBlock } from '../format/day-block.js';
import { nameKey } from '../format/name-key.js';
import type { DayFigures, NameSets } from '../store/rollup-rows.js';

const NO_SETS: NameSets = new Map();

/** Adds up the events of one day of a project, from nothing or from what is stored. Changes nothing that it was given. */
export class DayTotals {
  private events: number;
  private first: number | null;
  private last: number | null;
  private readonly quarters: Uint32Array;
  private readonly names: string[];
  private readonly counts: number[];
  private readonly positions: Map<string, number>;
  private actors: Uint8Array;
  private readonly sets: Map<string, Uint8Array>;

  constructor(
    private readonly day: number,
    before?: DayFigures,
    sets = NO_SETS,
  ) {
    this.events = before?.events ?? 0;
    this.first = before?.first ?? null;
    this.last = before?.last ?? null;
    this.quarters = new Uint32Array(QUARTERS_PER_DAY);
    this.quarters.set(before?.quarters ?? []);
    this.names = [...(before?.names ?? [])];
    this.counts = [...(before?.counts ?? [])];
    this.positions = new Map(this.names.map((name, position) => [name, position]));
    this.actors = before?.actors ?? uniteActors(undefined, new Int32Array());
    this.sets = new Map(sets);
  }

  /** @param block new events, whose actors have their final numbers. */
  add(block: DayBlock): void {
    if (block.length === 0) return;
    this.events += block.length;
    if (this.day !== NO_TIME_DAY) this.addTimes(block);
    this.actors = uniteActors(this.actors, block.actorOf.subarray(0, block.length));
    this.addNames(block);
  }

  get figures(): DayFigures {
    const { events, first, last, names, actors } = this;
    const quarters = this.day === NO_TIME_DAY ? new Uint32Array() : this.quarters;
    return { events, first, last, quarters, names, counts: Uint32Array.from(this.counts), actors };
  }

  /** Encoded sets of actors by `nameKey`. */
  get nameSets(): NameSets {
    return this.sets;
  }

  private addTimes({ length, times }: DayBlock): void {
    const start = dayStart(this.day);
    const first = start + times[0]!;
    const last = start + times[length - 1]!;
    this.first = this.first === null ? first : Math.min(this.first, first);
    this.last = this.last === null ? last : Math.max(this.last, last);
    for (let i = 0; i < length; i++) this.quarters[quarterOf(times[i]!)]! += 1;
  }

  private addNames({ length, names, nameOf, actorOf }: DayBlock): void {
    // Sorted by name through counting: `ends` becomes where the events of each name end among the sorted.
    const ends = new Uint32Array(names.length);
    for (let i = 0; i < length; i++) ends[nameOf[i]!]! += 1;
    for (let n = 1; n < ends.length; n++) ends[n]! += ends[n - 1]!;
    const sorted = new Int32Array(length);
    const free = ends.slice();
    for (let i = length - 1; i >= 0; i--) sorted[--free[nameOf[i]!]!] = actorOf[i]!;
    for (let n = 0; n < names.length; n++) {
      const actors = sorted.subarray(free[n], ends[n]);
      if (actors.length === 0) continue;
      const name = names[n]!;
      this.counts[this.positionOf(name)]! += actors.length;
      const key = nameKey(name);
      this.sets.set(key, uniteActors(this.sets.get(key), actors));
    }
  }

  private positionOf(name: string): number {
    const known = this.positions.get(name);
    if (known !== undefined) return known;
    const position = this.names.push(name) - 1;
    this.positions.set(name, position);
    this.counts.push(0);
    return position;
  }
}
