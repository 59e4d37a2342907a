import type { ExportedPoint } from '../activity-store.js';
import { BOOLEAN } from '../line-protocol/field-type.js';
import type { FieldColumn } from './field-column.js';
import type { PointColumns } from './point-columns.js';

const NANOS_DIGITS = 6;

/** Points as JSON objects, with the tags by which they are grouped. */
export function* exportedPoints(
  points: PointColumns,
  org: string,
  user: string,
  measurement: string,
): Generator<ExportedPoint> {
  const gappy = fieldsByRow(points.fields.filter(({ hasGaps }) => hasGaps));
  const others = points.fields.filter(({ hasGaps }) => !hasGaps);
  for (let row = 0; row < points.count; row++) {
    // Not by assignment: a tag or field may have the name of what every object has.
    const tags = Object.fromEntries([
      ...(user === '' ? [] : [['user', user] as const]),
      ...points.series[points.seriesOf[row]!]!,
    ]);
    const present = [...others.filter((field) => field.has(row)), ...(gappy.get(row) ?? [])];
    const fields = Object.fromEntries(present.map((field) => [field.name, valueOf(field, row)]));
    yield { org, measurement, tags, fields, time: toText(points.ms[row]!, points.nanos[row]!) };
  }
}

/** A point has few of a thousand fields: not all of them are asked for every row. */
function fieldsByRow(fields: readonly FieldColumn[]): Map<number, FieldColumn[]> {
  const byRow = new Map<number, FieldColumn[]>();
  for (const field of fields) {
    for (let index = 0; index < field.values.length; index++) {
      const row = field.rowAt(index);
      const own = byRow.get(row);
      if (own === undefined) byRow.set(row, [field]);
      else own.push(field);
    }
  }
  return byRow;
}

function valueOf(field: FieldColumn, row: number): number | string | boolean {
  if (field.isText) return field.textAt(row)!;
  if (field.type === BOOLEAN) return field.numberAt(row) === 1;
  return field.wide.get(row)?.toString() ?? field.numberAt(row);
}

function toText(ms: number, nanos: number): string {
  const text = new Date(ms).toISOString();
  return nanos === 0 ? text : `${text.slice(0, -1)}${String(nanos).padStart(NANOS_DIGITS, '0')}Z`;
}
