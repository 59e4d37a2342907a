import { Schema } from 'mongoose';

/** Declares the collection; it is read and written past Mongoose. A handful of documents: no index but its own. */
export const IngestEpochSchema = new Schema(
  {
    holder: { type: String },
    receivedFrom: { type: Date },
    state: { type: String },
    openedAt: { type: Date },
  },
  { collection: 'ingest_epochs', autoIndex: false, versionKey: false },
);

export const INGEST_EPOCH_MODEL = 'IngestEpoch';
