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
  field.fillTo(count);
  const { values, wide } = field;
  const hasGaps = values.some((_, row) => !field.has(row));
  const isWhole = values.every((value) => Number.isNaN(value) || isShort(value));
  writer.byte((hasGaps ? HAS_GAPS : 0) | (isWhole ? IS_WHOLE : 0) | (wide.size > 0 ? IS_WIDE : 0));
  if (hasGaps) writer.bits(count, (row) => field.has(row));
  if (field.isText) return packTexts(field);
  const present = hasGaps ? values.filter((value) => !Number.isNaN(value)) : values;
  if (field.type === BOOLEAN) writer.bits(present.length, (row) => present[row] === 1);
  else if (isWhole) for (const value of present) writer.signed(value);
  else for (const value of present) writer.double(value);
  if (wide.size === 0) return;
  writer.count(wide.size);
  for (const [row, value] of wide) {
    writer.count(row);
    writer.int64(value);
  }
}

function packTexts({ texts, values }: FieldColumn): void {
  writer.count(texts.length);
  for (const text of texts) writer.text(text);
  for (const position of values) if (position >= 0) writer.count(position);
}

function unpackField(reader: ByteReader, field: FieldColumn, count: number): void {
  const flags = reader.byte();
  const isThere = (flags & HAS_GAPS) !== 0 ? reader.bits(count) : null;
  const { values, absent } = field;
  if (field.isText) {
    for (let rest = reader.count(); rest > 0; rest--) field.positionOf(reader.text());
    for (let row = 0; row < count; row++) values.push(isThere?.[row] === 0 ? absent : reader.count());
    return;
  }
  if (field.type === BOOLEAN) {
    const present = isThere === null ? count : isThere.reduce((sum, bit) => sum + bit, 0);
    const bits = reader.bits(present);
    for (let row = 0, next = 0; row < count; row++) values.push(isThere?.[row] === 0 ? absent : bits[next++]!);
  } else if ((flags & IS_WHOLE) !== 0) {
    for (let row = 0; row < count; row++) values.push(isThere?.[row] === 0 ? absent : reader.signed());
  } else {
    for (let row = 0; row < count; row++) values.push(isThere?.[row] === 0 ? absent : reader.double());
  }
  if ((flags & IS_WIDE) === 0) return;
  for (let rest = reader.count(); rest > 0; rest--) {
    const row = reader.count();
    const value = reader.int64();
    field.wide.set(row, field.type === UNSIGNED ? BigInt.asUintN(64, value) : value);
  }
}

/** Whether it may be written as a whole number: -0 would lose its sign. */
function isShort(value: number): boolean {
  return Number.isInteger(value) && value <= MAX_WHOLE && value >= -MAX_WHOLE && !Object.is(value, -0);
}
