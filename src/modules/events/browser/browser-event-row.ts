/** Which events of a user; what is absent or `null` does not matter. Times are epoch milliseconds. */
export interface EventFilter {
  from?: number | null;
  toExclusive?: number | null;
  type?: string;
  domain?: string;
}

/** A stored event as its user sees it. */
export interface BrowserEventRow {
  /** The client's `_id`. */
  id: string;
  userId: string;
  type: string;
  timestamp: Date;
  domain: string | null;
  tabId: number | null;
  windowId: number | null;
  url: string | null;
  title: string | null;
}
