import { STRING, type FieldType } from '../line-protocol/field-type.js';
import type { LineReader } from '../line-protocol/line-reader.js';
import type { PreciseTime } from '../line-protocol/timestamp.js';
import { PointColumns } from '../packing/point-columns.js';
import type { LineSink } from '../ingest/body-lines.js';
import type { ReadSeries } from '../ingest/known-series.js';
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

/** The groups of one user's measurement, by day. */
interface GroupDays {
  org: string;
  user: string;
  measurement: string;
  days: Map<number, PointGroup>;
}

interface GroupedSeries {
  series: ReadSeries;
  owner: GroupDays;
  types: MeasurementTypes;
  /** Where its last point went. */
  group: PointGroup | null;
  position: number;
}

/** Gathers the points of one body by organization, user, measurement and day. */
export class PointGroups implements LineSink<GroupedSeries> {
  private readonly owners = new Map<string, GroupDays>();
  private groupCount = 0;
  /** Those that have grown large, in the order in which they were written. */
  private readonly full: PointGroup[] = [];

  constructor(
    private readonly rights: WriteRights,
    private readonly types: FieldTypes,
  ) {}

  list(): PointGroup[] {
    return [...this.full, ...Array.from(this.owners.values(), ({ days }) => [...days.values()]).flat()];
  }

  open(series: ReadSeries, org: string): GroupedSeries | { refusal: string } {
    const { user, measurement } = series;
    const refusal = this.rights.refusalOf(org, user);
    if (refusal !== null) return { refusal };
    const key = `${org}\0${user}\0${measurement}`;
    let owner = this.owners.get(key);
    if (owner === undefined) this.owners.set(key, (owner = { org, user, measurement, days: new Map() }));
    return { series, owner, types: this.types.of(org, measurement), group: null, position: 0 };
  }

  take(series: GroupedSeries, reader: LineReader, { ms, nanos }: PreciseTime): string | null {
    const day = Math.floor(ms / DAY_MS);
    let { group } = series;
    if (group === null || group.day !== day || group.isFull) {
      group = this.groupOf(series.owner, day);
      if (group === null) return 'the body holds too many different users and days; send it in parts';
      series.group = group;
      series.position = group.points.positionOf(series.series.others, series.series.othersKey);
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
  private groupOf({ org, user, measurement, days }: GroupDays, day: number): PointGroup | null {
    const before = days.get(day);
    if (before !== undefined && !before.isFull) return before;
    if (before !== undefined) this.full.push(before);
    else if (this.groupCount === MAX_GROUPS) return null;
    else this.groupCount++;
    const group = { org, user, measurement, day, points: new PointColumns(), isFull: false };
    days.set(day, group);
    return group;
  }
}
