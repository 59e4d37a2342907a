import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { mongo } from 'mongoose';
import { throwFirst, WriteCommands } from '../../../infra/mongo/write-commands.js';
import {
  listEnds,
  listGroups,
  listLast,
  pick,
  readOptions,
  toBuffer,
  toOrder,
  type DayEnd,
  type LastWriteQuery,
} from './activity-index.repository.js';
import type { GroupKey, StoredRun, WriteOrder } from './packed-group.js';

const COLLECTION = 'activity_days';
const DUPLICATE_KEY = 11000;

interface DayDocument {
  _id: mongo.Binary;
  org: string;
  user: string;
  measurement: string;
  day: number;
  run: number;
  version: number;
  end: number;
  at: mongo.Timestamp;
  count: number;
  points: mongo.Binary;
  added?: mongo.ObjectId[];
}

/** Points gathered by day. */
@Injectable()
export class ActivityDaysRepository {
  constructor(private readonly commands: WriteCommands) {}

  /** When activity ended, by day from `fromDay` to `toDay`; from the index alone. */
  async listEnds(key: GroupKey, fromDay: number, toDay: number, signal?: AbortSignal): Promise<DayEnd[]> {
    return listEnds(this.days, key, fromDay, toDay, signal);
  }

  /** The last write for these users in these days, by user; from the index alone. */
  async listLast(query: LastWriteQuery, signal?: AbortSignal): Promise<Map<string, WriteOrder>> {
    return listLast(this.days, query, signal);
  }

  /** A text for each of these days that differs whenever anything was gathered for it; none for a day without runs. */
  async listVersions(key: GroupKey, days: readonly number[], signal?: AbortSignal): Promise<Map<number, string>> {
    const projection = { _id: 0, day: 1, run: 1, version: 1 };
    const rows = await this.days
      .find({ ...pick(key), day: { $in: [...days] } }, { ...readOptions(signal), projection })
      .toArray();
    return versionsOf(rows);
  }

  /** All runs of these days, in the order of what is in them. */
  async list(key: GroupKey, days: readonly number[], signal?: AbortSignal): Promise<StoredRun[]> {
    const rows = await this.days.find({ ...pick(key), day: { $in: [...days] } }, readOptions(signal)).toArray();
    return rows.map(toRun).sort((a, b) => a.run - b.run);
  }

  /** The last run of a day, to which more may be added. */
  async findLast(key: GroupKey, day: number): Promise<StoredRun | null> {
    return (await this.list(key, [day])).at(-1) ?? null;
  }

  /**
   * Writes a run: a new one of version 0, or in place of its version before. Durable when it resolves.
   * @returns false when another process was quicker.
   */
  async put(run: StoredRun): Promise<boolean> {
    const _id = idOf(run);
    const { version, end, count } = run;
    const content = {
      end,
      count,
      version,
      at: mongo.Timestamp.fromString(run.at.toString(), 10),
      points: new mongo.Binary(run.points),
      added: [...(run.added ?? [])].map((id) => new mongo.ObjectId(id)),
    };
    if (version > 0) {
      const update = { q: { _id, version: version - 1 }, u: { $set: content } };
      return (
        (await this.commands.count({ update: COLLECTION, updates: [update], writeConcern: this.commands.durable })) ===
        1
      );
    }
    const { org, user, measurement, day } = run;
    const document = { _id, org, user, measurement, day, run: run.run, ...content };
    const insert = { insert: COLLECTION, documents: [document], writeConcern: this.commands.durable };
    const errors = await this.commands.run(insert);
    throwFirst(errors.filter(({ code }) => code !== DUPLICATE_KEY));
    return errors.length === 0;
  }

  /** What there is of an organization. */
  listGroups(org: string): AsyncIterable<GroupKey & { day: number }> {
    return listGroups(this.days, org);
  }

  /** Up to `limit` of one organization. Returns how many there were. */
  async deleteSome(org: string, limit: number): Promise<number> {
    const rows = await this.days.find({ org }, { projection: { _id: 1 }, limit }).toArray();
    if (rows.length === 0) return 0;
    const deletes = [{ q: { _id: { $in: rows.map(({ _id }) => _id) } }, limit: 0 }];
    await this.commands.count({ delete: COLLECTION, deletes, writeConcern: this.commands.durable });
    return rows.length;
  }

  private get days() {
    return this.commands.database.collection<DayDocument>(COLLECTION);
  }
}

/** The same for the same run, so that two processes never make it twice. */
function idOf({ org, user, measurement, day, run }: StoredRun): mongo.Binary {
  const hash = createHash('sha256')
    .update(JSON.stringify([org, user, measurement, day, run]))
    .digest();
  return new mongo.Binary(hash.subarray(0, 16));
}

export function versionsOf(runs: readonly Pick<StoredRun, 'day' | 'run' | 'version'>[]): Map<number, string> {
  const versions = new Map<number, string>();
  for (const { day, run, version } of [...runs].sort((a, b) => a.run - b.run)) {
    versions.set(day, `${versions.get(day) ?? ''} ${run}.${version}`);
  }
  return versions;
}

function toRun({ org, user, measurement, day, run, version, end, at, count, points, added }: DayDocument): StoredRun {
  return {
    ...{ org, user, measurement, day, run, version, end, count },
    at: toOrder(at),
    points: toBuffer(points),
    added: added === undefined ? null : new Set(added.map(String)),
  };
}
