import { extended } from '../figures/typed-columns.js';

const FIRST_CAPACITY = 256;

/**
 * The times of funnel chains, one row for each. A row is shared by all who hold it and is used again when nobody does.
 * Row 0 is no chain: it began before all others.
 */
export class ChainRows {
  /** From a row's first cell to the next row's. */
  readonly width: number;
  /**
   * The time of step i (from 1) at `cells[row * width + i]`. Before it, in the same place of memory, stands how many
   * hold the row, or, when nobody does, the next free row.
   */
  cells: Float64Array;
  /** Group of the event that fills step 1; empty when events have no groups. */
  groups: Uint32Array;
  private firstFree = 0;
  private size = 1;
  private capacity = FIRST_CAPACITY;

  constructor(
    steps: number,
    private readonly grouped: boolean,
  ) {
    this.width = steps + 1;
    this.cells = new Float64Array(this.capacity * this.width);
    this.groups = new Uint32Array(grouped ? this.capacity : 0);
    this.cells[1] = -Infinity;
  }

  /** A row for a chain that begins now, held by nobody yet. May replace `cells` and `groups`. */
  create(start: number, group: number): number {
    let row = this.firstFree;
    if (row !== 0) this.firstFree = this.cells[row * this.width]!;
    else {
      if (this.size === this.capacity) this.grow();
      row = this.size++;
    }
    this.cells[row * this.width] = 0;
    this.begin(row, start, group);
    return row;
  }

  /** Begins another chain in a row. */
  begin(row: number, start: number, group: number): void {
    this.cells[row * this.width + 1] = start;
    if (this.grouped) this.groups[row] = group;
  }

  startOf(row: number): number {
    return this.cells[row * this.width + 1]!;
  }

  holdersOf(row: number): number {
    return this.cells[row * this.width]!;
  }

  hold(row: number): void {
    this.cells[row * this.width]!++;
  }

  release(row: number): void {
    if (row === 0) return;
    const holders = --this.cells[row * this.width]!;
    if (holders > 0) return;
    this.cells[row * this.width] = this.firstFree;
    this.firstFree = row;
  }

  private grow(): void {
    this.capacity *= 2;
    this.cells = extended(this.cells, new Float64Array(this.capacity * this.width));
    if (this.grouped) this.groups = extended(this.groups, new Uint32Array(this.capacity));
  }
}
