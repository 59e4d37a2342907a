import { extended } from '../figures/typed-columns.js';

const FIRST_CAPACITY = 16;
const NO_GROUP = -1;
const MOST = 255;

/** The events of one millisecond, counted by person and name until all of them are there. */
export class FunnelMoment {
  /** Persons with an event. */
  size = 0;
  private indices = new Int32Array(FIRST_CAPACITY);
  private groups = new Int32Array(FIRST_CAPACITY);
  /** Events per name, `names` for each person; more than 255 count as 255, which is more than steps can take. */
  private counts: Uint8Array;
  /** Position of each person plus 1; only what lies in `indices` counts, so that clearing costs nothing. */
  private positions = new Int32Array(FIRST_CAPACITY);

  constructor(private readonly names: number) {
    this.counts = new Uint8Array(FIRST_CAPACITY * names);
  }

  /** `group`: -1 when it does not matter. Of several groups of one person the one with the smallest value is kept. */
  add(index: number, name: number, group: number, values: readonly string[] = []): void {
    const at = this.positionOf(index);
    const count = at * this.names + name;
    if (this.counts[count]! < MOST) this.counts[count]!++;
    if (group === NO_GROUP) return;
    const other = this.groups[at]!;
    if (other === NO_GROUP || values[group]! < values[other]!) this.groups[at] = group;
  }

  indexAt(position: number): number {
    return this.indices[position]!;
  }

  groupAt(position: number): number {
    return Math.max(0, this.groups[position]!);
  }

  countsAt(position: number): Uint8Array {
    return this.counts.subarray(position * this.names, (position + 1) * this.names);
  }

  /** The name of a person's event when there is only one, else -1. */
  onlyNameAt(position: number): number {
    let only = -1;
    for (let name = 0; name < this.names; name++) {
      const count = this.counts[position * this.names + name]!;
      if (count === 0) continue;
      if (count > 1 || only >= 0) return -1;
      only = name;
    }
    return only;
  }

  clear(): void {
    this.counts.fill(0, 0, this.size * this.names);
    this.size = 0;
  }

  private positionOf(index: number): number {
    if (index >= this.positions.length) {
      this.positions = extended(this.positions, new Int32Array(Math.max(index + 1, this.positions.length * 2)));
    }
    const known = this.positions[index]! - 1;
    if (known >= 0 && known < this.size && this.indices[known] === index) return known;
    if (this.size === this.indices.length) {
      const capacity = this.size * 2;
      this.indices = extended(this.indices, new Int32Array(capacity));
      this.groups = extended(this.groups, new Int32Array(capacity));
      this.counts = extended(this.counts, new Uint8Array(capacity * this.names));
    }
    this.indices[this.size] = index;
    this.groups[this.size] = NO_GROUP;
    this.positions[index] = this.size + 1;
    return this.size++;
  }
}
