import { STRING, type FieldType } from '../line-protocol/field-type.js';
import type { LineReader } from '../line-protocol/line-reader.js';
import type { Tag } from '../line-protocol/series.js';
import type { PreciseTime } from '../line-protocol/timestamp.js';
import { PointColumns } from '../packing/point-columns.js';
import type { LineSink, OwnedSeries } from '../ingest/body-lines.js';
import type { WriteRights } from '../ingest/write-rights.js';
import type { FieldTypes, MeasurementTypes } from './field-types.js';

export const DAY_MS = 86_400_000;
/** Days of users: of more, one body makes more documents than are written in a moment. */
const MAX_GROUPS = 10_000;
/** Values: what is kept in memory and in one document stays moderate. */
export const MAX_CELLS = 1_000_000;

const ROWS_PER_LOOK = 256;

/** What becomes one document. */
export interface PointGroup {
  /** Name of the organization. */
  org: string;
  user: string;
  measurement: string;
  /** Days since the epoch. */
  day: number;
  points: PointColumns;
  /** What comes next goes into another one. */
  isFull: boolean;
}

interface GroupedSeries {
  series: OwnedSeries;
  /** Without those by which points are grouped. */
  tags: readonly Tag[];
  types: MeasurementTypes;
  /** Where its last point went. */
  group: PointGroup | null;
  position: number;
}

/** Gathers the points of one body by organization, user, measurement and day. */
export class PointGroups implements LineSink<GroupedSeries> {
  private readonly groups = new Map<string, PointGroup>();
  /** Those that have grown large, in the order in which they were written. */
  private readonly full: PointGroup[] = [];

  constructor(
    private readonly rights: WriteRights,
    private readonly types: FieldTypes,
  ) {}

  list(): PointGroup[] {
    return [...this.full, ...this.groups.values()];
  }

  open(series: OwnedSeries): GroupedSeries | { refusal: string } {
    const { org, user, measurement } = series;
    const refusal = this.rights.refusalOf(org, user);
    if (refusal !== null) return { refusal };
    const tags = series.tags.filter(([key]) => key !== 'org' && key !== 'user');
    return { series, tags, types: this.types.of(org, measurement), group: null, position: 0 };
  }

  take(series: GroupedSeries, reader: LineReader, { ms, nanos }: PreciseTime): string | null {
    const day = Math.floor(ms / DAY_MS);
    let { group } = series;
    if (group === null || group.day !== day || group.isFull) {
      group = this.groupOf(series.series, day);
      if (group === null) return 'the body holds too many different users and days; send it in parts';
      series.group = group;
      series.position = group.points.positionOf(series.tags);
    }
    const { points } = group;
    const { fieldCount, keys, types } = reader;
    for (let i = 0; i < fieldCount; i++) {
      const expected = points.fields[i];
      if (expected !== undefined && expected.name === keys[i] && expected.type === types[i]) continue;
      const refusal = series.types.check(keys, types, fieldCount);
      if (refusal !== null) return refusal;
      break;
    }
    const row = points.add(series.position, ms, nanos);
    for (let i = 0; i < fieldCount; i++) {
      const type: FieldType = types[i]!;
      const field = points.field(keys[i]!, type, i);
      if (type === STRING) field.setText(row, reader.texts[i]!);
      else field.setNumber(row, reader.numbers[i]!, reader.wide[i]!);
    }
    if (row % ROWS_PER_LOOK === 0 && points.cells > MAX_CELLS) group.isFull = true;
    return null;
  }

  /** `null`: there are too many. */
  private groupOf({ org, user, measurement }: OwnedSeries, day: number): PointGroup | null {
    const key = `${org}\0${user}\0${measurement}\0${day}`;
    const before = this.groups.get(key);
    if (before !== undefined && !before.isFull) return before;
    if (before !== undefined) this.full.push(before);
    else if (this.groups.size === MAX_GROUPS) return null;
    const group = { org, user, measurement, day, points: new PointColumns(), isFull: false };
    this.groups.set(key, group);
    return group;
  }
}
