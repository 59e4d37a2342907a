import { Schema, type InferSchemaType } from 'mongoose';

/** One project. `erasingAt` is set when the retention job has begun to erase it: from then on it is gone for everyone. */
export const ProjectSchema = new Schema(
  {
    projectKey: { type: String, required: true },
    name: { type: String, required: true },
    ownerId: { type: String },
    createdAt: { type: Date, required: true },
    isActive: { type: Boolean, required: true },
    timezone: { type: String },
    weekStart: { type: Number },
    eventRetentionDays: { type: Number },
    linkGeneration: { type: Number },
    deletedAt: { type: Date },
    erasingAt: { type: Date },
  },
  { collection: 'projects', autoIndex: false, versionKey: false },
);

ProjectSchema.index({ projectKey: 1 }, { unique: true });
ProjectSchema.index({ ownerId: 1, createdAt: -1 });

export type ProjectDocument = InferSchemaType<typeof ProjectSchema>;
export const PROJECT_MODEL = 'Project';
