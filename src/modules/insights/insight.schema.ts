import { Schema, type InferSchemaType } from 'mongoose';

/**
 * A text about a period of one user's browsing, one document for each kind and period: a newer text takes the place of
 * the older one. `key` says what it was made from; `freshUntil` is set while the period has not ended.
 */
export const InsightSchema = new Schema(
  {
    userId: { type: String, required: true },
    kind: { type: String, required: true },
    from: { type: String, required: true },
    to: { type: String, required: true },
    timeZone: { type: String, required: true },
    key: { type: String, required: true },
    freshUntil: { type: Date },
    insights: [{ _id: false, type: { type: String, required: true }, content: { type: String, required: true } }],
    model: { type: String },
    generatedAt: { type: Date, required: true },
  },
  { collection: 'insights', autoIndex: false, versionKey: false },
);

InsightSchema.index({ userId: 1, kind: 1, from: 1, to: 1, timeZone: 1 }, { unique: true });
InsightSchema.index({ userId: 1, generatedAt: -1, _id: -1 });

export type InsightDocument = InferSchemaType<typeof InsightSchema>;
export const INSIGHT_MODEL = 'Insight';
