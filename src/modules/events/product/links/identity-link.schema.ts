import { Schema } from 'mongoose';

/** The first userId of an anonymousId within a project. `at` is the time of the event that says so. */
export const IdentityLinkSchema = new Schema(
  {
    _id: { type: new Schema({ p: String, a: String }, { _id: false }) },
    userId: { type: String },
    at: { type: Date },
  },
  { collection: 'identity_links', autoIndex: false, versionKey: false },
);

export const IDENTITY_LINK_MODEL = 'IdentityLink';
