import { Injectable } from '@nestjs/common';
import { unpackPoints } from '../packing/packed-points.js';
import { PointColumns } from '../packing/point-columns.js';
import { ActivityDaysRepository, versionsOf } from './activity-days.repository.js';
import { ActivityWritesRepository } from './activity-writes.repository.js';
import { isGathered, type GroupKey, type PackedGroup, type StoredRun, type StoredWrite } from './packed-group.js';

/** Days that are read at once: of one user's measurement some ten thousand points. */
const DAYS_PER_READ = 8;

/** What days to read. */
export interface DayRange {
  fromDay: number;
  toDay: number;
  /** Of the days before `fromDay`, down to `lookBackFromDay`, those with activity that ended after this (epoch ms). */
  lookBackFromDay?: number;
  endedAfter?: number;
  /** Names of the fields that are needed; all without it. */
  fields?: ReadonlySet<string>;
}

/** The points of a user's measurement, day by day, each once and with its last values. */
@Injectable()
export class StoredPoints {
  constructor(
    private readonly writes: ActivityWritesRepository,
    private readonly days: ActivityDaysRepository,
  ) {}

  async *read(key: GroupKey, range: DayRange, signal?: AbortSignal): AsyncGenerator<PointColumns> {
    const days = await this.listDays(key, range, signal);
    for (let start = 0; start < days.length; start += DAYS_PER_READ) {
      signal?.throwIfAborted();
      const some = days.slice(start, start + DAYS_PER_READ);
      const { writes, runs } = await this.readDays(key, some, signal);
      for (const day of some) yield unite(inOrder(day, runs, writes), range.fields);
    }
  }

  /** As they were at one moment: writes that are gathered in between would seem to be later than their run, or missing. */
  private async readDays(key: GroupKey, days: readonly number[], signal?: AbortSignal) {
    let before = await this.days.listVersions(key, days, signal);
    for (;;) {
      const writes = await this.writes.list(key, days, signal);
      const runs = await this.days.list(key, days, signal);
      const after = versionsOf(runs);
      if (days.every((day) => before.get(day) === after.get(day))) return { writes, runs };
      signal?.throwIfAborted();
      before = after;
    }
  }

  /** Days of the range that hold anything. A later write may have shortened what an earlier one has, so whole days count. */
  private async listDays(key: GroupKey, range: DayRange, signal?: AbortSignal): Promise<number[]> {
    const { fromDay, toDay, lookBackFromDay = fromDay, endedAfter = -Infinity } = range;
    const ends = await this.writes.listEnds(key, lookBackFromDay, toDay, signal);
    ends.push(...(await this.days.listEnds(key, lookBackFromDay, toDay, signal)));
    const days = ends.filter(({ day, end }) => day >= fromDay || end > endedAfter).map(({ day }) => day);
    return [...new Set(days)].sort((a, b) => a - b);
  }
}

/** What there is of a day, in the order of writing. */
function inOrder(day: number, runs: readonly StoredRun[], writes: readonly StoredWrite[]): PackedGroup[] {
  const gathered = runs.filter((run) => run.day === day);
  const last = gathered.at(-1);
  return [...gathered, ...writes.filter((write) => write.day === day && !isGathered(write, last))];
}

/** Of groups in the order in which they were written. */
function unite(groups: readonly PackedGroup[], fields?: ReadonlySet<string>): PointColumns {
  const [first, ...later] = groups;
  // Nothing, when the day was erased a moment ago.
  const points = first === undefined ? new PointColumns() : unpackPoints(first.points, fields);
  for (const group of later) points.append(unpackPoints(group.points, fields));
  return points.united();
}
