import { Schema } from 'mongoose';

/**
 * Declares the collection and its indexes. Writing goes past Mongoose, straight to the driver: its
 * casting costs more than the engine's own work.
 */
export const ProductEventSchema = new Schema(
  {
    _id: { type: Schema.Types.Buffer },
    projectKey: { type: String },
    eventName: { type: String },
    timestamp: { type: Date },
    timestampText: { type: String },
    clamped: { type: Boolean },
    anonymousId: { type: String },
    userId: { type: String },
    sessionId: { type: String },
    eventId: { type: String },
    processName: { type: String },
    processId: { type: String },
    processStep: { type: String },
    properties: { type: Schema.Types.Mixed },
    receivedAt: { type: Date },
    linkPending: { type: Boolean },
    epoch: { type: Schema.Types.ObjectId },
  },
  { collection: 'events', autoIndex: false, versionKey: false, minimize: false },
);

// The four of the old server.
ProductEventSchema.index({ projectKey: 1, timestamp: 1 });
ProductEventSchema.index({ projectKey: 1, eventName: 1, timestamp: 1 });
ProductEventSchema.index({ projectKey: 1, receivedAt: 1 });
ProductEventSchema.index({ projectKey: 1, eventName: 1, receivedAt: 1 });
// Holds only the few events whose identity link is still to be written.
ProductEventSchema.index({ linkPending: 1 }, { partialFilterExpression: { linkPending: true } });

export const PRODUCT_EVENT_MODEL = 'ProductEvent';
