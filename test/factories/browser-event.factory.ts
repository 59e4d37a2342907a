let made = 0;

export interface SyncEvent {
  _id: string;
  v: number;
  type: string;
  ts: number;
  payload: Record<string, unknown>;
}

/** An event as the browser extension sends it. @param at ISO text or epoch milliseconds */
export function browserEvent(
  at: string | number,
  type: string,
  told: Record<string, unknown> = {},
  _id = `event-${made++}`,
): SyncEvent {
  const ts = typeof at === 'string' ? Date.parse(at) : at;
  return { _id, v: 1, type, ts, payload: { type, ts, ...told } };
}

/** A tab is shown. */
export function visit(
  at: string | number,
  domain: string,
  told: Record<string, unknown> = {},
  _id?: string,
): SyncEvent {
  const page = { tabId: 1, windowId: 1, url: `https://${domain}/page`, title: `Page of ${domain}` };
  return browserEvent(at, 'TAB_ACTIVATED', { ...page, ...told }, _id);
}
