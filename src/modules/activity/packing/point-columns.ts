import type { FieldType } from '../line-protocol/field-type.js';
import { seriesKey, type Tag } from '../line-protocol/series.js';
import { FieldColumn } from './field-column.js';

const FEW_FIELDS = 8;

/**
 * Points of one measurement as columns, in the order in which they were written: what comes later replaces, field by
 * field, what came before of the same series and time.
 */
export class PointColumns {
  count = 0;
  readonly series: (readonly Tag[])[] = [];
  /** By row: the position in `series`. */
  readonly seriesOf: number[] = [];
  /** By row: epoch milliseconds, rounded down, and the nanoseconds from there. */
  readonly ms: number[] = [];
  readonly nanos: number[] = [];
  readonly fields: FieldColumn[] = [];
  private readonly positions = new Map<string, number>();
  /** When there are more than a few. */
  private fieldsByName: Map<string, FieldColumn> | null = null;
  private readonly lastMs: number[] = [];
  private readonly lastNanos: number[] = [];
  private mayRepeat = false;

  /** How many values it holds, times and series too. */
  get cells(): number {
    return this.fields.reduce((sum, { values }) => sum + values.length, 3 * this.count);
  }

  /** The position of a series, which is added when it is new. */
  positionOf(tags: readonly Tag[], key = seriesKey(tags)): number {
    let position = this.positions.get(key);
    if (position === undefined) {
      position = this.series.push(tags) - 1;
      this.positions.set(key, position);
      this.lastMs.push(-Infinity);
      this.lastNanos.push(0);
    }
    return position;
  }

  /** Adds a point without fields. Returns its row. */
  add(series: number, ms: number, nanos: number): number {
    const last = this.lastMs[series]!;
    if (ms < last || (ms === last && nanos <= this.lastNanos[series]!)) this.mayRepeat = true;
    else {
      this.lastMs[series] = ms;
      this.lastNanos[series] = nanos;
    }
    this.seriesOf.push(series);
    this.ms.push(ms);
    this.nanos.push(nanos);
    return this.count++;
  }

  /** @param guess where it probably is: fields come in the same order in most lines. */
  field(name: string, type: FieldType, guess = 0): FieldColumn {
    const guessed = this.fields[guess];
    if (guessed !== undefined && guessed.name === name && guessed.type === type) return guessed;
    let found = this.findField(name, type);
    if (found === undefined) {
      found = new FieldColumn(name, type);
      this.fields.push(found);
      this.fieldsByName?.set(fieldKey(name, type), found);
    }
    return found;
  }

  /** Adds what was written later than all that is here. */
  append(later: PointColumns): void {
    const series = later.series.map((tags) => this.positionOf(tags));
    const first = this.count;
    for (let row = 0; row < later.count; row++)
      this.add(series[later.seriesOf[row]!]!, later.ms[row]!, later.nanos[row]!);
    for (const field of later.fields) this.field(field.name, field.type).takeAll(field, (row) => first + row);
  }

  /** The same points with their rows in another order. */
  inOrder(rows: readonly number[]): PointColumns {
    const ordered = new PointColumns();
    for (const tags of this.series) ordered.positionOf(tags);
    const targets: number[] = [];
    for (const row of rows) targets[row] = ordered.add(this.seriesOf[row]!, this.ms[row]!, this.nanos[row]!);
    for (const field of this.fields) ordered.field(field.name, field.type).takeAll(field, (row) => targets[row]!);
    return ordered;
  }

  private findField(name: string, type: FieldType): FieldColumn | undefined {
    if (this.fields.length <= FEW_FIELDS)
      return this.fields.find((field) => field.name === name && field.type === type);
    this.fieldsByName ??= new Map(this.fields.map((field) => [fieldKey(field.name, field.type), field]));
    return this.fieldsByName.get(fieldKey(name, type));
  }

  /** The same points, each once. */
  united(): PointColumns {
    if (!this.mayRepeat) return this;
    const united = new PointColumns();
    for (const tags of this.series) united.positionOf(tags);
    const rows = new RowIndex(this.series.length);
    const targets = this.ms.map((ms, row) => {
      const [series, nanos] = [this.seriesOf[row]!, this.nanos[row]!];
      let target = rows.find(series, ms, nanos, united.nanos);
      if (target < 0) {
        target = united.add(series, ms, nanos);
        rows.set(series, ms, target);
      }
      return target;
    });
    for (const field of this.fields) united.field(field.name, field.type).takeAll(field, (row) => targets[row]!);
    united.mayRepeat = false;
    return united;
  }
}

function fieldKey(name: string, type: FieldType): string {
  return `${type}${name}`;
}

/** Rows by series and time. Several of one millisecond, which are rare, are chained. */
class RowIndex {
  private readonly rows: Map<number, number>[];
  private readonly earlier = new Map<number, number>();

  constructor(seriesCount: number) {
    this.rows = Array.from({ length: seriesCount }, () => new Map<number, number>());
  }

  /** -1: none. */
  find(series: number, ms: number, nanos: number, nanosByRow: readonly number[]): number {
    let row = this.rows[series]!.get(ms);
    while (row !== undefined && nanosByRow[row] !== nanos) row = this.earlier.get(row);
    return row ?? -1;
  }

  set(series: number, ms: number, row: number): void {
    const before = this.rows[series]!.get(ms);
    if (before !== undefined) this.earlier.set(row, before);
    this.rows[series]!.set(ms, row);
  }
}
