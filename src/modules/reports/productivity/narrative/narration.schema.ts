import { Schema, type InferSchemaType } from 'mongoose';

/** What a model wrote for a report. `_id`: whose it is, and a hash of what was asked. */
export const NarrationSchema = new Schema(
  {
    _id: { type: String, required: true },
    userId: { type: String },
    fields: { type: Map, of: String, required: true },
    createdAt: { type: Date, required: true },
  },
  { collection: 'productivity_narrations', autoIndex: false, versionKey: false },
);

NarrationSchema.index({ userId: 1 });
NarrationSchema.index({ createdAt: 1 });

export type NarrationDocument = InferSchemaType<typeof NarrationSchema>;
export const NARRATION_MODEL = 'ProductivityNarration';
