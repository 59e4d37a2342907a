import { Injectable } from '@nestjs/common';
import { mongo } from 'mongoose';
import { REPORT_TIMEOUT_MS } from '../../../../infra/mongo/mongo-options.js';
import { WriteCommands } from '../../../../infra/mongo/write-commands.js';
import { DAY_MS, type BrowserDay, type DayPlace } from './browser-day.js';
import { packColumns, unpackColumns, type ColumnNames, type EventColumns } from './event-columns.js';

const DAYS = 'browser_days';
const COLUMNS = 'browser_day_columns';
const DIRTY = { dirty: 1, _id: 1 } as const;
const UNJOURNALED = { w: 1 } as const;
const DUPLICATE_KEY = 11000;
const MAX_STATEMENTS = 1000;
const LIST_BATCH = 5000;
// Some megabytes.
const COLUMNS_BATCH = 60;
/** A write is over, done or not, after this time: the store gives it up much sooner. */
const OPEN_MS = 120_000;

/** The order of the fields is part of the stored key. */
interface DayKey {
  u: string;
  d: number;
}

interface DayDocument {
  _id: DayKey;
  rev: mongo.ObjectId;
  open?: Record<string, Date>;
  dirty?: boolean;
  count?: number;
}

interface ColumnsDocument {
  _id: DayKey;
  rev: mongo.ObjectId;
  data: mongo.Binary;
  names: ColumnNames;
}

/**
 * Which days of a user have events, and their events packed. A write to events is announced to their days before it and
 * after it, so that packed columns are used only when they hold exactly what is stored: see `rev` and `isOpen`.
 */
@Injectable()
export class BrowserDaysRepository {
  constructor(private readonly commands: WriteCommands) {}

  /** Those within the range, in their order. */
  async list(userId: string, fromDay: number, toDay: number): Promise<BrowserDay[]> {
    const now = Date.now();
    const found = await this.days
      .find(inRange(userId, fromDay, toDay), { sort: { _id: 1 }, batchSize: LIST_BATCH, maxTimeMS: REPORT_TIMEOUT_MS })
      .toArray();
    return found.map((document) => toBrowserDay(document, now));
  }

  /**
   * Announces a write to these days. Stored no later than what is written after it.
   * @returns the write's name for `end`.
   */
  async begin(userId: string, days: readonly number[]): Promise<string> {
    const write = new mongo.ObjectId().toHexString();
    const u = {
      $set: { rev: new mongo.ObjectId(), dirty: true, [`open.${write}`]: new Date() },
      $unset: { count: 1 },
    };
    // Of two that make the same day at once, one is refused.
    const refused = await this.update(userId, days, u, true);
    const again = await this.update(userId, refused, u, true);
    if (again.length > 0) throw new mongo.MongoServerError({ message: 'A day could not be announced' });
    return write;
  }

  async end(userId: string, days: readonly number[], write: string): Promise<void> {
    await this.update(userId, days, { $set: { rev: new mongo.ObjectId() }, $unset: { [`open.${write}`]: 1 } }, false);
  }

  /** The packed days of a range in their order, each with the `rev` of which it was made. */
  async *streamColumns(
    userId: string,
    fromDay: number,
    toDay: number,
  ): AsyncGenerator<{ day: number; rev: string; columns: EventColumns }> {
    const cursor = this.columns.find(inRange(userId, fromDay, toDay) as mongo.Filter<ColumnsDocument>, {
      sort: { _id: 1 },
      batchSize: COLUMNS_BATCH,
      maxTimeMS: REPORT_TIMEOUT_MS,
    });
    try {
      for await (const { _id, rev, data, names } of cursor) {
        yield { day: _id.d, rev: rev.toHexString(), columns: unpackColumns(data.buffer, _id.d * DAY_MS, names) };
      }
    } finally {
      await cursor.close();
    }
  }

  /**
   * Stores the columns of a day that was not open when its events were read. Not journaled: when they are lost, they are
   * made again.
   */
  async writeColumns(userId: string, day: BrowserDay, columns: EventColumns): Promise<void> {
    const data = new mongo.Binary(packColumns(columns));
    const made = { rev: new mongo.ObjectId(day.rev), data, names: columns.names };
    const updates = [{ q: { _id: keyOf(userId, day.day) }, u: made, upsert: true }];
    await this.commands.count({ update: COLUMNS, updates, writeConcern: UNJOURNALED });
    if (await this.writeCount(userId, day, columns.count)) return;
    // They name domains: those of events that were erased meanwhile must not stay.
    const stale = { q: { _id: keyOf(userId, day.day), rev: made.rev }, limit: 1 };
    await this.commands.count({ delete: COLUMNS, deletes: [stale], writeConcern: UNJOURNALED });
  }

  /**
   * For a day whose events have been read: there is nothing left to do. Returns false when a write has been announced
   * since, or the day is gone.
   */
  async writeCount(userId: string, { day, rev }: BrowserDay, count: number): Promise<boolean> {
    const q = { _id: keyOf(userId, day), rev: new mongo.ObjectId(rev) };
    const updates = [{ q, u: { $set: { count }, $unset: { dirty: 1, open: 1 } } }];
    return (await this.commands.count({ update: DAYS, updates, writeConcern: UNJOURNALED })) > 0;
  }

  /**
   * Days whose columns are to be made and which are at rest: those before `recentDay` since `quiet`, later ones, which
   * are still being added to, since `quietRecent`. In an order of their own, those behind `after`.
   */
  async listDirty(
    { recentDay, quiet, quietRecent }: { recentDay: number; quiet: Date; quietRecent: Date },
    limit: number,
    after?: DayPlace,
  ): Promise<DayPlace[]> {
    const filter = {
      dirty: true,
      ...(after && { _id: { $gt: keyOf(after.userId, after.day) } }),
      $or: [{ '_id.d': { $lt: recentDay }, rev: { $lt: idAt(quiet) } }, { rev: { $lt: idAt(quietRecent) } }],
    };
    const found = await this.commands.limited((signal) =>
      this.days
        .find(filter, { projection: { _id: 1 }, hint: DIRTY, sort: { _id: 1 }, limit, batchSize: limit, signal })
        .toArray(),
    );
    return found.map(({ _id }) => ({ userId: _id.u, day: _id.d }));
  }

  /** Forgets a day that has no events any more, unless a write has been announced since it was read. */
  async delete(userId: string, { day, rev }: BrowserDay): Promise<void> {
    const _id = keyOf(userId, day);
    // The columns first: without the day nothing would find them again. They can be made again.
    await this.commands.count({ delete: COLUMNS, deletes: [{ q: { _id }, limit: 1 }] });
    await this.commands.count({ delete: DAYS, deletes: [{ q: { _id, rev: new mongo.ObjectId(rev) }, limit: 1 }] });
  }

  /** Returns those that were refused. */
  private async update(userId: string, days: readonly number[], u: mongo.Document, upsert: boolean): Promise<number[]> {
    const refused: number[] = [];
    for (let start = 0; start < days.length; start += MAX_STATEMENTS) {
      const some = days.slice(start, start + MAX_STATEMENTS);
      const updates = some.map((day) => ({ q: { _id: keyOf(userId, day) }, u, upsert }));
      // The events that follow are journaled, and the journal keeps the order.
      const errors = await this.commands.run({ update: DAYS, updates, ordered: false, writeConcern: UNJOURNALED });
      for (const { index, code, errmsg } of errors) {
        if (code !== DUPLICATE_KEY) throw new mongo.MongoServerError({ message: errmsg, code });
        refused.push(some[index]!);
      }
    }
    return refused;
  }

  private get days(): mongo.Collection<DayDocument> {
    return this.commands.database.collection<DayDocument>(DAYS);
  }

  private get columns(): mongo.Collection<ColumnsDocument> {
    return this.commands.database.collection<ColumnsDocument>(COLUMNS);
  }
}

function toBrowserDay({ _id, rev, open = {}, dirty, count }: DayDocument, now: number): BrowserDay {
  return {
    day: _id.d,
    rev: rev.toHexString(),
    isOpen: Object.values(open).some((began) => began.getTime() > now - OPEN_MS),
    count: dirty === true ? null : (count ?? null),
  };
}

function keyOf(userId: string, day: number): DayKey {
  return { u: userId, d: day };
}

function inRange(userId: string, fromDay: number, toDay: number): mongo.Filter<DayDocument> {
  return { _id: { $gte: keyOf(userId, fromDay), $lte: keyOf(userId, toDay) } };
}

function idAt(time: Date): mongo.ObjectId {
  return mongo.ObjectId.createFromTime(Math.floor(time.getTime() / 1000));
}
