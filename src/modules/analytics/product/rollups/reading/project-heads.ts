import type { DayHead, HeadRow } from '../format/day-head.js';

const HEAD_BYTES = 900;

/** The heads of all days of a project, kept up to date. */
export class ProjectHeads {
  /** Names that any day has or had; days refer to them by their place. */
  readonly names: string[] = [];
  /** By day. Replaced, never changed. */
  days: readonly DayHead[] = [];
  /** About what it takes of memory. */
  bytes = 0;
  private readonly nameIds = new Map<string, number>();

  /** @param rev all changes up to this revision are in `rows`. */
  constructor(
    readonly generation: string,
    public rev: number,
    rows: readonly HeadRow[],
  ) {
    this.apply(rows, rev);
  }

  /** Takes over days that are new or have changed. */
  apply(rows: readonly HeadRow[], rev: number): void {
    this.rev = rev;
    if (rows.length === 0) return;
    const days = new Map(this.days.map((head) => [head.day, head]));
    for (const row of rows) days.set(row.day, this.toHead(row));
    this.days = [...days.values()].sort((a, b) => a.day - b.day);
    this.bytes = this.estimate();
  }

  /** The number of a name; -1: no day has it. */
  idOf(name: string): number {
    return this.nameIds.get(name) ?? -1;
  }

  private toHead({ names, actors: _, ...row }: HeadRow): DayHead {
    return { ...row, nameIds: Uint32Array.from(names, (name) => this.intern(name)) };
  }

  private intern(name: string): number {
    const known = this.nameIds.get(name);
    if (known !== undefined) return known;
    this.nameIds.set(name, this.names.length);
    return this.names.push(name) - 1;
  }

  private estimate(): number {
    const ofNames = this.names.reduce((sum, name) => sum + 2 * name.length + 60, 0);
    const each = (head: DayHead) =>
      HEAD_BYTES + 8 * head.nameIds.length + 120 * (head.blocks.length + head.applied.length);
    return this.days.reduce((sum, head) => sum + each(head), ofNames);
  }
}
