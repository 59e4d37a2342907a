import { BOOLEAN, STRING, type FieldType } from '../line-protocol/field-type.js';

const NONE: ReadonlyMap<number, bigint> = new Map();

/**
 * The values of one field, by row. Rows without a value take no room: a measurement may have a thousand fields of which
 * each point brings one. Texts are kept once each: `values` are their positions in `texts`. Whole numbers beyond 2^53 stand
 * in `wide` too, exactly, by their row.
 *
 * A body makes hundreds of columns of a few rows each, so what most of them do not need is made when it is needed.
 */
export class FieldColumn {
  /** Those that are there, in the order of their rows. */
  readonly values: number[] = [];
  readonly texts: string[] = [];
  private wideByRow: Map<number, bigint> | null = null;
  /** The row of each value; `null` as long as they are those of the first rows, one after the other. */
  private rows: number[] | null = null;
  private positions: Map<string, number> | null = null;
  /** Where the last value that was asked for stands: they are asked for in their order. */
  private hint = 0;

  constructor(
    readonly name: string,
    readonly type: FieldType,
  ) {}

  get wide(): ReadonlyMap<number, bigint> {
    return this.wideByRow ?? NONE;
  }

  get isText(): boolean {
    return this.type === STRING;
  }

  get isNumeric(): boolean {
    return this.type !== STRING && this.type !== BOOLEAN;
  }

  /** Some row before the last value has none. */
  get hasGaps(): boolean {
    return this.rows !== null;
  }

  /** The row of the value at this position. */
  rowAt(index: number): number {
    return this.rows === null ? index : this.rows[index]!;
  }

  setNumber(row: number, value: number, wide: bigint | null): void {
    this.put(row, value);
    if (wide !== null) this.setWide(row, wide);
    else this.wideByRow?.delete(row);
  }

  setWide(row: number, value: bigint): void {
    this.wideByRow ??= new Map();
    this.wideByRow.set(row, value);
  }

  setText(row: number, text: string): void {
    this.put(row, this.positionOf(text));
  }

  /** Sets a value as `values` holds it, in the last row that has one or in a later one. */
  put(row: number, value: number): void {
    const next = this.values.length;
    if (this.rows === null && row > next) this.rows = Array.from({ length: next }, (_, index) => index);
    const last = next === 0 ? -1 : this.rowAt(next - 1);
    if (row === last) this.values[next - 1] = value;
    else if (row > last) {
      this.values.push(value);
      this.rows?.push(row);
    } else throw new RangeError('Rows come in their order');
  }

  has(row: number): boolean {
    return this.indexOf(row) >= 0;
  }

  /** Undefined where there is none. */
  textAt(row: number): string | undefined {
    return this.texts[this.values[this.indexOf(row)] ?? -1];
  }

  /** The number of a row; NaN where there is none. */
  numberAt(row: number): number {
    return this.isText ? Number.NaN : (this.values[this.indexOf(row)] ?? Number.NaN);
  }

  /**
   * Takes over the values of another column of this type, each into the row that `rowOf` makes of its own: the last value
   * of each, where there are several. None of these rows may come before those that have values here.
   */
  takeAll(from: FieldColumn, rowOf: (row: number) => number): void {
    const targets = from.values.map((_, index) => rowOf(from.rowAt(index)));
    const order = Array.from(targets.keys());
    const isSorted = targets.every((target, index) => index === 0 || target > targets[index - 1]!);
    if (!isSorted) order.sort((a, b) => targets[a]! - targets[b]!);
    const texts: number[] = [];
    for (const [place, index] of order.entries()) {
      const target = targets[index]!;
      if (!isSorted && place + 1 < order.length && targets[order[place + 1]!] === target) continue;
      const value = from.values[index]!;
      this.put(target, from.isText ? (texts[value] ??= this.positionOf(from.texts[value]!)) : value);
      const wide = from.wide.size > 0 ? from.wide.get(from.rowAt(index)) : undefined;
      if (wide !== undefined) this.setWide(target, wide);
    }
  }

  positionOf(text: string): number {
    this.positions ??= new Map();
    let position = this.positions.get(text);
    if (position === undefined) {
      position = this.texts.push(text) - 1;
      this.positions.set(text, position);
    }
    return position;
  }

  /** -1: it has no value. */
  private indexOf(row: number): number {
    const { rows, hint } = this;
    if (rows === null) return row < this.values.length ? row : -1;
    if (rows[hint] === row) return hint;
    if (rows[hint + 1] === row) return ++this.hint;
    let [low, high] = [0, rows.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (rows[middle]! < row) low = middle + 1;
      else high = middle;
    }
    if (rows[low] !== row) {
      this.hint = Math.max(0, low - 1);
      return -1;
    }
    return (this.hint = low);
  }
}
