import type { ColumnEvent } from '../../src/modules/events/browser/days/event-columns.js';

const MINUTE = 60_000;
const HALF_AN_HOUR = 30 * MINUTE;

/** Of events at one time: what counts first. */
const ORDER = [
  'TAB_REMOVED',
  'TAB_CREATED',
  'TAB_UPDATED',
  'TAB_ACTIVATED',
  'WINDOW_FOCUS_CHANGED',
  'IDLE_STATE_CHANGED',
  'HEARTBEAT',
];
const STATES = ['locked', 'idle', 'active'];

/**
 * Which domain has each minute of a history whose events lie on whole minutes, written from the rules alone and without
 * any regard to speed: for every minute, every browser's state is found from all its events before it.
 */
export function creditByTheMinute(events: readonly ColumnEvent[], gap: 'cap' | 'drop'): Map<number, string> {
  const credited = new Map<number, string>();
  if (events.length === 0) return credited;
  const ordered = [...events].sort(inOrder);
  const first = ordered[0]!.at;
  const last = ordered.at(-1)!.at;
  const devices = [...new Set(ordered.map(({ device }) => device))];
  for (let minute = first; minute < last; minute += MINUTE) {
    // Most minutes of a long history, and none of them has a domain.
    if (!ordered.some(({ at }) => at <= minute && minute - at < HALF_AN_HOUR)) continue;
    let best: { heard: number; domain: string } | null = null;
    for (const device of devices) {
      const past = ordered.filter((event) => event.device === device && event.at <= minute);
      const heard = past.at(-1);
      if (heard === undefined || minute - heard.at >= HALF_AN_HOUR) continue;
      const next = ordered.find((event) => event.device === device && event.at > minute);
      if (gap === 'drop' && (next === undefined || next.at - heard.at >= HALF_AN_HOUR)) continue;
      const domain = lookedAt(past);
      const position = ordered.lastIndexOf(heard);
      if (domain !== null && (best === null || position > best.heard)) best = { heard: position, domain };
    }
    if (best !== null) credited.set(minute, best.domain);
  }
  return credited;
}

/** The domain that one browser shows to somebody after these events. */
function lookedAt(past: readonly ColumnEvent[]): string | null {
  const states = past.filter(({ type, state }) => type === 'IDLE_STATE_CHANGED' && STATES.includes(state ?? ''));
  if (states.length > 0 && states.at(-1)!.state !== 'active') return null;
  const focused = past.filter(({ type, windowId }) => type === 'WINDOW_FOCUS_CHANGED' && windowId !== null);
  if (focused.length > 0 && focused.at(-1)!.windowId === -1) return null;

  // Every event gets the window that it is about: its own, else the one in front at the time.
  let front: number | null = null;
  let told = false;
  const active = new Map<number | null, string>();
  const pages = new Map<string, string | null>();
  for (const { type, windowId, tabId, domain, hasAddress } of past) {
    const tab = tabId === null ? `of window ${windowId ?? front ?? 0}` : `tab ${tabId}`;
    if (type === 'WINDOW_FOCUS_CHANGED' && windowId !== null && windowId >= 0) {
      front = windowId;
      told = true;
      const unnamed = active.get(null);
      if (unnamed !== undefined && !active.has(windowId)) active.set(windowId, unnamed);
      active.delete(null);
    }
    if (type === 'TAB_ACTIVATED') {
      active.set(windowId ?? front, tab);
      if (!told) front = windowId ?? front;
    }
    if (['TAB_ACTIVATED', 'TAB_UPDATED', 'TAB_CREATED'].includes(type) && (domain !== null || hasAddress)) {
      pages.set(tab, domain);
    }
    if (type === 'TAB_REMOVED') {
      pages.delete(tab);
      for (const [window, shown] of active) if (shown === tab) active.delete(window);
    }
  }
  const shown = active.get(front);
  return shown === undefined ? null : (pages.get(shown) ?? null);
}

function inOrder(a: ColumnEvent, b: ColumnEvent): number {
  const keys = (event: ColumnEvent): (number | string)[] => [
    event.at,
    ORDER.indexOf(event.type),
    event.windowId ?? -Infinity,
    event.tabId ?? -Infinity,
    STATES.indexOf(event.state ?? ''),
    event.domain ?? '',
    Number(event.hasAddress),
    event.device ?? '',
  ];
  const [left, right] = [keys(a), keys(b)];
  for (const [i, value] of left.entries()) {
    if (value !== right[i]) return value < right[i]! ? -1 : 1;
  }
  return 0;
}
