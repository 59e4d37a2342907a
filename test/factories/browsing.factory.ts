import { randomUUID } from 'node:crypto';

/** An event as the browser extension sends it. */
export interface BrowserEventBody {
  _id: string;
  v: number;
  type: string;
  ts: number;
  payload: Record<string, unknown>;
}

/** `minutes` after the first. */
export interface Visit {
  minutes: number;
  domain: string | null;
  title?: string;
}

/**
 * Pages that are looked at one after another in one window, which gets the focus at `start`: each visit lasts until the
 * next one, and the last, whose domain is `null`, is the window losing the focus. One event more than visits.
 */
export function browsing(start: string, visits: readonly Visit[]): BrowserEventBody[] {
  const at = (minutes: number): number => Date.parse(start) + minutes * 60_000;
  const focus = (windowId: number, ts: number): BrowserEventBody => event('WINDOW_FOCUS_CHANGED', ts, { windowId });
  const pages = visits.map(({ minutes, domain, title }, i) =>
    domain === null
      ? focus(-1, at(minutes))
      : event('TAB_ACTIVATED', at(minutes), {
          tabId: i + 1,
          windowId: 1,
          url: `https://${domain}/page`,
          title: title ?? domain,
        }),
  );
  return [focus(1, at(0)), ...pages];
}

function event(type: string, ts: number, payload: Record<string, unknown>): BrowserEventBody {
  return { _id: randomUUID(), v: 1, type, ts, payload: { type, ts, ...payload } };
}
