import { ACTOR_KEY_BYTES } from '../../../../events/product/segments/actor-key.js';
import type { SegmentColumns } from '../../../../events/product/segments/segment-columns.js';
import { ActorTable } from '../format/actor-table.js';
import type { EventRun } from './event-run.js';

/** Links as keys of actors, 16 bytes each: the n-th anonymousId belongs to the n-th user. */
export interface KeyedLinks {
  anonymous: Uint8Array;
  users: Uint8Array;
}

/**
 * The persons of a project as one report sees them: those of the actor table as it is now, with the actors and links of
 * events that are not merged yet. Actors that the table does not have get numbers past its end.
 */
export class PersonNumbers {
  /** By number of the actor. */
  readonly persons: Int32Array;
  /** By segment: the numbers of its actors. */
  private readonly actors = new Map<SegmentColumns, Int32Array>();
  private readonly personsBySegment = new Map<SegmentColumns, Int32Array>();

  private readonly newcomers = new ActorTable();
  private readonly tableSize: number;

  constructor(
    private readonly table: ActorTable,
    segments: readonly SegmentColumns[],
    links: readonly KeyedLinks[],
  ) {
    const { newcomers } = this;
    this.tableSize = table.size;
    const numberOf = (keys: Uint8Array, index: number): number => {
      const known = table.find(keys, index);
      return known >= 0 ? known : table.size + newcomers.append(keys, index);
    };
    for (const columns of segments) {
      const numbers = new Int32Array(columns.actors.length / ACTOR_KEY_BYTES);
      for (let i = 0; i < numbers.length; i++) numbers[i] = numberOf(columns.actors, i);
      this.actors.set(columns, numbers);
    }
    const pairs = links.flatMap(({ anonymous, users }) =>
      Array.from({ length: users.length / ACTOR_KEY_BYTES }, (_, i) => [numberOf(anonymous, i), numberOf(users, i)]),
    );
    const size = table.size + newcomers.size;
    this.persons = new Int32Array(size);
    this.persons.set(table.persons.subarray(0, table.size));
    for (let i = table.size; i < size; i++) this.persons[i] = i;
    for (const [anonymous, user] of pairs) this.persons[anonymous!] = user!;
    for (const [columns, numbers] of this.actors) {
      this.personsBySegment.set(
        columns,
        numbers.map((number) => this.persons[number]!),
      );
    }
  }

  /** Larger than every actor and person. */
  get size(): number {
    return this.persons.length;
  }

  /** The number of an actor; -1: unknown. */
  find(key: Uint8Array): number {
    const known = this.table.find(key, 0);
    if (known >= 0 && known < this.tableSize) return known;
    const added = this.newcomers.find(key, 0);
    return added < 0 ? -1 : this.tableSize + added;
  }

  /** The numbers of the actors of a segment, by their place there. */
  actorsOf(columns: SegmentColumns): Int32Array {
    return this.actors.get(columns)!;
  }

  /** The persons of the actors in a run's `actorOf`. */
  personsOf({ segment }: EventRun): Int32Array {
    return segment === undefined ? this.persons : this.personsBySegment.get(segment)!;
  }
}
