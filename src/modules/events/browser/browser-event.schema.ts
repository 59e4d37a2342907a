import { Schema, type mongo } from 'mongoose';

/** Declares the collection and its indexes. Reading and writing go straight to the driver, as for product events. */
export const BrowserEventSchema = new Schema(
  {
    // Made of the user's id and the client's `_id`.
    _id: { type: Schema.Types.Buffer },
    userId: { type: String },
    eventId: { type: String },
    type: { type: String },
    timestamp: { type: Date },
    clamped: { type: Boolean },
    domain: { type: String },
    tabId: { type: Number },
    windowId: { type: Number },
    url: { type: String },
    title: { type: String },
    state: { type: String },
    device: { type: String },
    payload: { type: Schema.Types.Mixed },
    receivedAt: { type: Date },
  },
  { collection: 'browser_events', autoIndex: false, versionKey: false, minimize: false },
);

// `_id` last: the order of a list, in which the events of one millisecond stay apart.
BrowserEventSchema.index({ userId: 1, timestamp: 1, _id: 1 });
BrowserEventSchema.index({ userId: 1, type: 1, timestamp: 1, _id: 1 });
BrowserEventSchema.index(
  { userId: 1, domain: 1, timestamp: 1, _id: 1 },
  { partialFilterExpression: { domain: { $exists: true } } },
);

export const BROWSER_EVENT_MODEL = 'BrowserEvent';

/** A document of `browser_events`; what an event does not tell is absent. */
export interface StoredBrowserEvent {
  _id: mongo.Binary;
  userId: string;
  eventId: string;
  type: string;
  timestamp: Date;
  clamped?: boolean;
  domain?: string;
  tabId?: number;
  windowId?: number;
  url?: string;
  title?: string;
  state?: string;
  device?: string;
  payload: Record<string, unknown>;
  receivedAt: Date;
}
