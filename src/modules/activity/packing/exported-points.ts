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
  for (let row = 0; row < points.count; row++) {
    const tags: Record<string, string> = { ...(user !== '' && { user }) };
    for (const [key, value] of points.series[points.seriesOf[row]!]!) tags[key] = value;
    const fields: ExportedPoint['fields'] = {};
    for (const field of points.fields) if (field.has(row)) fields[field.name] = valueOf(field, row);
    yield { org, measurement, tags, fields, time: toText(points.ms[row]!, points.nanos[row]!) };
  }
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
