import { BOOLEAN, FIELD_TYPES, UNSIGNED, type FieldType } from '../line-protocol/field-type.js';
import type { Tag } from '../line-protocol/series.js';
import { ByteReader } from './byte-reader.js';
import { ByteWriter } from './byte-writer.js';
import { FieldColumn } from './field-column.js';
import { PointColumns } from './point-columns.js';

const FORMAT = 1;
const HAS_NANOS = 1;
const HAS_GAPS = 1;
const IS_WHOLE = 2;
const IS_WIDE = 4;
const IS_SPARSE = 8;
/** Rows as differences take about two bytes for each value, a bit for each row less or more than that. */
const SPARSE_BELOW = 1 / 16;
/** Beyond it a whole number is not sure to survive being made positive. */
const MAX_WHOLE = 2 ** 52;

/** One for all: it is read out before anybody else can come in between. */
const writer = new ByteWriter();

/**
 * Points as bytes: tags and texts once each, times as differences, whole numbers as short as they are. About 20 bytes a
 * point where lines take 130. Format 1: count, flags, texts of tags and names, series, then column by column.
 */
export function packPoints(points: PointColumns): Buffer {
  const { count, series, seriesOf, ms, nanos, fields } = points;
  writer.byte(FORMAT);
  writer.count(count);
  const hasNanos = nanos.some((value) => value !== 0);
  writer.byte(hasNanos ? HAS_NANOS : 0);
  packNames(points);
  if (series.length > 1) for (const position of seriesOf) writer.count(position);
  let before = 0;
  for (const time of ms) {
    writer.signed(time - before);
    before = time;
  }
  if (hasNanos) for (const value of nanos) writer.count(value);
  for (const field of fields) packField(field, count);
  return writer.take();
}

/**
 * @param wanted names of the fields that are needed; all without it.
 * @throws RangeError for bytes that are no packed points.
 */
export function unpackPoints(bytes: Buffer, wanted?: ReadonlySet<string>): PointColumns {
  const reader = new ByteReader(bytes);
  if (reader.byte() !== FORMAT) throw new RangeError('Packed points have an unknown format');
  const points = new PointColumns();
  const count = reader.count();
  const hasNanos = (reader.byte() & HAS_NANOS) !== 0;
  const fields = unpackNames(reader, points);
  const seriesOf: number[] = [];
  if (points.series.length > 1) for (let row = 0; row < count; row++) seriesOf.push(reader.count());
  const times: number[] = [];
  for (let row = 0, time = 0; row < count; row++) times.push((time += reader.signed()));
  for (let row = 0; row < count; row++) {
    points.add(seriesOf[row] ?? 0, times[row]!, hasNanos ? reader.count() : 0);
  }
  for (const [name, type] of fields) {
    // Read also when nobody wants it: what follows begins where it ends.
    const isWanted = wanted?.has(name) !== false;
    unpackField(reader, isWanted ? points.field(name, type) : new FieldColumn(name, type), count);
  }
  return points;
}

function packNames({ series, fields }: PointColumns): void {
  const positions = new Map<string, number>();
  const note = (text: string): number => {
    let position = positions.get(text);
    if (position === undefined) positions.set(text, (position = positions.size));
    return position;
  };
  const packed = series.map((tags) => tags.flatMap(([key, value]) => [note(key), note(value)]));
  const names = fields.map(({ name }) => note(name));
  writer.count(positions.size);
  for (const text of positions.keys()) writer.text(text);
  writer.count(packed.length);
  for (const tags of packed) {
    writer.count(tags.length / 2);
    for (const position of tags) writer.count(position);
  }
  writer.count(fields.length);
  for (const [index, { type }] of fields.entries()) {
    writer.count(names[index]!);
    writer.byte(type);
  }
}

function unpackNames(reader: ByteReader, points: PointColumns): [string, FieldType][] {
  const texts = Array.from({ length: reader.count() }, () => reader.text());
  const seriesCount = reader.count();
  for (let series = 0; series < seriesCount; series++) {
    const tags: Tag[] = [];
    for (let rest = reader.count(); rest > 0; rest--) tags.push([texts[reader.count()]!, texts[reader.count()]!]);
    points.positionOf(tags);
  }
  return Array.from({ length: reader.count() }, () => {
    const name = texts[reader.count()]!;
    const type = reader.byte();
    if (type >= FIELD_TYPES.length) throw new RangeError('Packed points have a field of an unknown type');
    return [name, type as FieldType];
  });
}

function packField(field: FieldColumn, count: number): void {
  const { values, wide } = field;
  const present = values.length;
  const hasGaps = present < count;
  const isSparse = present < count * SPARSE_BELOW;
  const isWhole = values.every(isShort);
  writer.byte(
    (hasGaps ? HAS_GAPS : 0) | (isWhole ? IS_WHOLE : 0) | (wide.size > 0 ? IS_WIDE : 0) | (isSparse ? IS_SPARSE : 0),
  );
  if (isSparse) packRows(field);
  else if (hasGaps) writer.bits(count, (row) => field.has(row));
  if (field.isText) return packTexts(field);
  if (field.type === BOOLEAN) writer.bits(present, (index) => values[index] === 1);
  else if (isWhole) for (const value of values) writer.signed(value);
  else for (const value of values) writer.double(value);
  if (wide.size === 0) return;
  writer.count(wide.size);
  for (const [row, value] of wide) {
    writer.count(row);
    writer.int64(value);
  }
}

function packRows(field: FieldColumn): void {
  writer.count(field.values.length);
  let next = 0;
  for (let index = 0; index < field.values.length; index++) {
    const row = field.rowAt(index);
    writer.count(row - next);
    next = row + 1;
  }
}

function packTexts({ texts, values }: FieldColumn): void {
  writer.count(texts.length);
  for (const text of texts) writer.text(text);
  for (const position of values) writer.count(position);
}

function unpackField(reader: ByteReader, field: FieldColumn, count: number): void {
  const flags = reader.byte();
  const rows = unpackRows(reader, flags, count);
  const present = rows?.length ?? count;
  if (field.isText) for (let rest = reader.count(); rest > 0; rest--) field.positionOf(reader.text());
  const bits = field.type === BOOLEAN ? reader.bits(present) : null;
  for (let index = 0; index < present; index++) {
    let value: number;
    if (bits !== null) value = bits[index]!;
    else if (field.isText) value = reader.count();
    else value = (flags & IS_WHOLE) !== 0 ? reader.signed() : reader.double();
    field.put(rows === null ? index : rows[index]!, value);
  }
  if ((flags & IS_WIDE) === 0) return;
  for (let rest = reader.count(); rest > 0; rest--) {
    const row = reader.count();
    const value = reader.int64();
    field.setWide(row, field.type === UNSIGNED ? BigInt.asUintN(64, value) : value);
  }
}

/** The rows that have a value; `null`: all of them. */
function unpackRows(reader: ByteReader, flags: number, count: number): number[] | null {
  if ((flags & HAS_GAPS) === 0) return null;
  const rows: number[] = [];
  if ((flags & IS_SPARSE) !== 0) {
    for (let rest = reader.count(), next = 0; rest > 0; rest--) {
      const row = next + reader.count();
      rows.push(row);
      next = row + 1;
    }
    return rows;
  }
  for (const [row, bit] of reader.bits(count).entries()) if (bit === 1) rows.push(row);
  return rows;
}

/** Whether it may be written as a whole number: -0 would lose its sign. */
function isShort(value: number): boolean {
  return Number.isInteger(value) && value <= MAX_WHOLE && value >= -MAX_WHOLE && !Object.is(value, -0);
}
