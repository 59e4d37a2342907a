import { Schema } from 'mongoose';

/**
 * Points as they were written: of each write one document for every organization, user, measurement and day (UTC). Each
 * document is written once; `at` is the order of the writes, given by the database itself, so that it holds among replicas
 * and over restarts. Reading and writing go past Mongoose, straight to the driver.
 */
export const ActivityWriteSchema = new Schema(
  {
    ...pointFields(),
  },
  { collection: 'activity_writes', autoIndex: false, versionKey: false },
);

/**
 * The same, gathered: of each organization, user, measurement and day one document, or several `run`s when it grows large.
 * `at` grows with each version; `added`: ids of the writes that the last version took.
 */
export const ActivityDaySchema = new Schema(
  {
    ...pointFields(),
    _id: { type: Schema.Types.Buffer },
    run: { type: Number },
    version: { type: Number },
    added: { type: [Schema.Types.ObjectId] },
  },
  { collection: 'activity_days', autoIndex: false, versionKey: false },
);

/** The type that a field of a measurement has within an organization, from its first value on. */
export const ActivityFieldSchema = new Schema(
  {
    _id: { type: Schema.Types.Buffer },
    org: { type: String },
    measurement: { type: String },
    field: { type: String },
    type: { type: Number },
  },
  { collection: 'activity_fields', autoIndex: false, versionKey: false },
);

function pointFields() {
  return {
    /** Id of the organization. */
    org: { type: String },
    /** The tag `user`; empty: none. */
    user: { type: String },
    measurement: { type: String },
    /** Days since the epoch of the points' times. */
    day: { type: Number },
    /** Epoch milliseconds when the last activity ended. */
    end: { type: Number },
    at: { type: Schema.Types.Mixed },
    count: { type: Number },
    points: { type: Schema.Types.Buffer },
  };
}

// With all that a report asks before it reads points: which documents, and whether anything has changed.
const INDEX = { org: 1, user: 1, measurement: 1, day: 1, end: 1, at: 1 } as const;
ActivityWriteSchema.index(INDEX);
ActivityDaySchema.index(INDEX);
ActivityFieldSchema.index({ org: 1, measurement: 1 });

export const ACTIVITY_WRITE_MODEL = 'ActivityWrite';
export const ACTIVITY_DAY_MODEL = 'ActivityDay';
export const ACTIVITY_FIELD_MODEL = 'ActivityField';
