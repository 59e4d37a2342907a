/** What an identity link needs to know of an event. */
export interface LinkEvidence {
  /** The `_id` of the event. */
  key: Uint8Array;
  projectKey: string;
  anonymousId: string | undefined;
  userId: string | undefined;
  /** Epoch milliseconds; NaN: no readable time. */
  time: number;
}
