import { Schema } from 'mongoose';

/** The key of a user's UTC day: the user, and days since 1970. The order of the fields is part of it. */
const dayKey = () => new Schema({ u: String, d: Number }, { _id: false });

/** One for each UTC day of a user: which state its events are in. `rev` changes before and after each write to them. */
export const BrowserDaySchema = new Schema(
  {
    _id: { type: dayKey() },
    rev: { type: Schema.Types.ObjectId },
    // Writes that have begun and not ended, with the time at which they began.
    open: { type: Schema.Types.Mixed },
    // The columns are of an earlier `rev`, if there are any.
    dirty: { type: Boolean },
    // Events at `rev`; absent while dirty.
    count: { type: Number },
  },
  { collection: 'browser_days', autoIndex: false, versionKey: false },
);

// Holds only the days that are still to be packed.
BrowserDaySchema.index({ dirty: 1, _id: 1 }, { partialFilterExpression: { dirty: true } });

/** What reports read of a day's events, packed; of use only while its `rev` is that of the day. */
export const BrowserColumnsSchema = new Schema(
  {
    _id: { type: dayKey() },
    rev: { type: Schema.Types.ObjectId },
    data: { type: Schema.Types.Buffer },
    names: { type: Schema.Types.Mixed },
  },
  { collection: 'browser_day_columns', autoIndex: false, versionKey: false },
);

/** What reading all days before this one has come to, so that it need not be done again. */
export const BrowserCheckpointSchema = new Schema(
  {
    _id: { type: dayKey() },
    // Made of those days and their `rev`; of use only while it is the same.
    basis: { type: String },
    state: { type: String },
    at: { type: Date },
  },
  { collection: 'browser_checkpoints', autoIndex: false, versionKey: false },
);

export const BROWSER_DAY_MODEL = 'BrowserDay';
export const BROWSER_COLUMNS_MODEL = 'BrowserColumns';
export const BROWSER_CHECKPOINT_MODEL = 'BrowserCheckpoint';
