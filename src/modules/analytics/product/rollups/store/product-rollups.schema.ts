import { Schema, type mongo } from 'mongoose';

/** How far the rollups of a project are. Without a document they were never built. */
export interface RollupDocument {
  /** The project key. */
  _id: string;
  /** `raw`: too wide for rollups when it was last tried, answered from raw events. */
  state: 'building' | 'ready' | 'raw';
  /** Grows when everything written under the next number is complete. */
  rev: number;
  /** New with every full rebuild. */
  generation: mongo.ObjectId;
  /** Days whose rollups may not equal the raw events. */
  dirty: number[];
  /** All days are dirty. */
  dirtyAll?: true;
  /** When `dirty` or `dirtyAll` were last added to. */
  dirtyAt?: Date;
  /** With the state `raw`: when to try again. */
  retryAt?: Date;
  /** Grows with every mark, also of a day that is marked already: a repair takes away only marks it has seen. */
  marks: number;
  /** Actors in the table. */
  actors: number;
}

/** A stretch of the project's actor table; see `ActorChunk`. */
export interface ActorChunkDocument {
  _id: { p: string; c: number };
  p: string;
  rev: number;
  /** Grows by one with every write. */
  version: number;
  keys: mongo.Binary;
  /** 32 bits per actor. */
  persons: mongo.Binary;
}

/** One UTC day of a project. */
export interface DayHeadDocument {
  _id: { p: string; d: number };
  p: string;
  d: number;
  /** Grows by one with every write. */
  version: number;
  /** The project's `rev` after the run that wrote this. */
  rev: number;
  generation: mongo.ObjectId;
  events: number;
  /** Epoch milliseconds of the first and the last event; absent in the day of the events without a time. */
  first?: number;
  last?: number;
  /** 96 numbers of 32 bits: events in each quarter of an hour. Empty in the day of the events without a time. */
  quarters: mongo.Binary;
  names: string[];
  /** 32 bits per name: its events. */
  counts: mongo.Binary;
  /** Encoded set of all actors. */
  actors: mongo.Binary;
  sets: mongo.ObjectId;
  blocks: { id: mongo.ObjectId; n: number }[];
  /** About how many bytes this is without `actors`, which are read by themselves. */
  size?: number;
  /** Epochs whose events of this day are in here, for as long as they may turn up elsewhere. */
  applied: mongo.ObjectId[];
}

/** Never changed once written. Either an encoded block of a day's events, or the encoded set of actors of each name. */
export interface DayBlockDocument {
  _id: mongo.ObjectId;
  p: string;
  d: number;
  data?: mongo.Binary;
  /** By `nameKey`. */
  sets?: Record<string, mongo.Binary>;
}

const options = { autoIndex: false, versionKey: false, minimize: false } as const;

// They declare collections and indexes only: reading and writing go past Mongoose, straight to the driver.
export const ProductRollupSchema = new Schema({ _id: { type: String } }, { ...options, collection: 'product_rollups' });

export const ProductActorsSchema = new Schema(
  { _id: { type: Schema.Types.Mixed }, p: { type: String }, rev: { type: Number } },
  { ...options, collection: 'product_actors' },
);
ProductActorsSchema.index({ p: 1, rev: 1 });

export const ProductDaySchema = new Schema(
  { _id: { type: Schema.Types.Mixed }, p: { type: String }, rev: { type: Number } },
  { ...options, collection: 'product_days' },
);
ProductDaySchema.index({ p: 1, rev: 1 });
// The days of a project are counted and measured before any is written.
ProductDaySchema.index({ p: 1, size: 1 });

export const ProductBlockSchema = new Schema(
  { _id: { type: Schema.Types.ObjectId }, p: { type: String } },
  { ...options, collection: 'product_blocks' },
);
ProductBlockSchema.index({ p: 1, _id: 1 });

export const PRODUCT_ROLLUP_MODEL = 'ProductRollup';
export const PRODUCT_ACTORS_MODEL = 'ProductActors';
export const PRODUCT_DAY_MODEL = 'ProductDay';
export const PRODUCT_BLOCK_MODEL = 'ProductBlock';

/** For `MongooseModule.forFeature`, and for tests that build the same indexes. */
export const ROLLUP_MODELS = [
  { name: PRODUCT_ROLLUP_MODEL, schema: ProductRollupSchema },
  { name: PRODUCT_ACTORS_MODEL, schema: ProductActorsSchema },
  { name: PRODUCT_DAY_MODEL, schema: ProductDaySchema },
  { name: PRODUCT_BLOCK_MODEL, schema: ProductBlockSchema },
];
