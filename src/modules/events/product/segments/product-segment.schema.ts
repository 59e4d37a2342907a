import { Schema } from 'mongoose';

/** What one epoch inserted for one project, until it is merged. `data` is written by `encodeSegment`. */
export const ProductSegmentSchema = new Schema(
  {
    _id: { type: new Schema({ e: Schema.Types.ObjectId, p: String }, { _id: false }) },
    projectKey: { type: String },
    events: { type: Number },
    data: { type: Schema.Types.Buffer },
  },
  { collection: 'product_segments', autoIndex: false, versionKey: false },
);

// Holds all that listing asks for, so that the data need not be read for it.
ProductSegmentSchema.index({ projectKey: 1, _id: 1, events: 1 });

export const PRODUCT_SEGMENT_MODEL = 'ProductSegment';
