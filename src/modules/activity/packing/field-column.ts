import { BOOLEAN, STRING, type FieldType } from '../line-protocol/field-type.js';

/** No text; numbers that are absent are NaN, which no field can be. */
const NO_TEXT = -1;

/**
 * The values of one field, by row. Texts are kept once each: `values` are their positions in `texts`. Whole numbers beyond
 * 2^53 stand in `wide` too, exactly.
 */
export class FieldColumn {
  readonly values: number[] = [];
  readonly texts: string[] = [];
  readonly wide = new Map<number, bigint>();
  private readonly positions = new Map<string, number>();

  constructor(
    readonly name: string,
    readonly type: FieldType,
  ) {}

  get isText(): boolean {
    return this.type === STRING;
  }

  get isNumeric(): boolean {
    return this.type !== STRING && this.type !== BOOLEAN;
  }

  get absent(): number {
    return this.isText ? NO_TEXT : Number.NaN;
  }

  /** Rows before the given one that have no value yet get none. */
  fillTo(row: number): void {
    const { values, absent } = this;
    while (values.length < row) values.push(absent);
  }

  setNumber(row: number, value: number, wide: bigint | null): void {
    this.fillTo(row);
    this.values[row] = value;
    if (wide !== null) this.wide.set(row, wide);
    else if (this.wide.size > 0) this.wide.delete(row);
  }

  setText(row: number, text: string): void {
    this.fillTo(row);
    this.values[row] = this.positionOf(text);
  }

  has(row: number): boolean {
    const value = this.values[row];
    if (value === undefined) return false;
    return this.isText ? value !== NO_TEXT : !Number.isNaN(value);
  }

  /** Undefined where there is none. */
  textAt(row: number): string | undefined {
    return this.texts[this.values[row] ?? NO_TEXT];
  }

  /** The number of a row; NaN where there is none. */
  numberAt(row: number): number {
    return this.isText ? Number.NaN : (this.values[row] ?? Number.NaN);
  }

  /** Copies the value of a row of another column of this type. */
  copy(row: number, from: FieldColumn, fromRow: number): void {
    if (this.isText) this.setText(row, from.textAt(fromRow)!);
    else this.setNumber(row, from.values[fromRow]!, from.wide.get(fromRow) ?? null);
  }

  positionOf(text: string): number {
    let position = this.positions.get(text);
    if (position === undefined) {
      position = this.texts.push(text) - 1;
      this.positions.set(text, position);
    }
    return position;
  }
}
