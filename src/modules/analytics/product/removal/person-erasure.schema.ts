import { Schema, type Types } from 'mongoose';

/** A promised erasure. It names the person, so it is deleted when the promise is kept. */
export interface PersonErasureDocument {
  _id: Types.ObjectId;
  projectKey: string;
  /** As it was asked for: a userId or an anonymousId. */
  id: string;
  requestedAt: Date;
  state: 'accepted' | 'running';
  /** The user it stands for; set before anything is changed, since afterwards nothing would tell. */
  userId?: string;
  /** The anonymousIds that are being erased with it. */
  anonymousIds?: string[];
  /** No link of these was made by an earlier event than this, in epoch milliseconds; absent: none of them had a link. */
  firstLinkAt?: number;
  /** When they were found. */
  foundAt?: Date;
  /** There are more of them. */
  more?: boolean;
  /** Those up to this one are done. */
  doneUpTo?: string;
}

export const PersonErasureSchema = new Schema<PersonErasureDocument>(
  {
    projectKey: { type: String, required: true },
    id: { type: String, required: true },
    requestedAt: { type: Date, required: true },
    state: { type: String, required: true },
    userId: { type: String },
    anonymousIds: { type: [String], default: undefined },
    firstLinkAt: { type: Number },
    foundAt: { type: Date },
    more: { type: Boolean },
    doneUpTo: { type: String },
  },
  { collection: 'product_erasures', autoIndex: false, versionKey: false },
);

PersonErasureSchema.index({ projectKey: 1, requestedAt: 1 });

export const PERSON_ERASURE_MODEL = 'PersonErasure';
