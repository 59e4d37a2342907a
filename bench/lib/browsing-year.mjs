// @ts-check
// What a browser extension records of somebody who browses a lot, day by day; the same on every machine.
import { mixSeed, Random } from './random.mjs';

const DAY_MS = 86_400_000;
const SEED = 20_251_113;
const WINDOWS = 2;
const TABS = 25;
const SITES = [
  ...['github.com', 'docs.google.com', 'stackoverflow.com', 'mail.google.com', 'linear.app', 'developer.mozilla.org'],
  ...['youtube.com', 'reddit.com', 'x.com', 'news.ycombinator.com', 'amazon.com', 'en.wikipedia.org', 'bbc.co.uk'],
  ...Array.from({ length: 290 }, (_, i) => `site-${i}.example`),
];

/**
 * @typedef {{_id: string, v: number, type: string, ts: number, payload: Record<string, unknown>}} SyncEvent
 */

/**
 * The events of one UTC day, evenly spread over sixteen hours with pauses.
 * @param {number} day days since 1970
 * @param {number} count
 * @returns {SyncEvent[]}
 */
export function browsingDay(day, count) {
  const random = new Random(mixSeed(SEED, day));
  const start = day * DAY_MS + 6 * 3_600_000;
  const step = (16 * 3_600_000) / count;
  let isActive = true;
  let hasFocus = true;
  return Array.from({ length: count }, (_, i) => {
    const ts = Math.floor(start + i * step + random.next() * step * 0.9);
    const tabId = 1 + random.below(TABS);
    const windowId = 1 + (tabId % WINDOWS);
    const dice = random.next();
    if (dice < 0.06) {
      isActive = !isActive;
      return event(day, i, 'IDLE_STATE_CHANGED', ts, { state: isActive ? 'active' : 'idle' });
    }
    if (dice < 0.14) {
      hasFocus = !hasFocus;
      return event(day, i, 'WINDOW_FOCUS_CHANGED', ts, { windowId: hasFocus ? windowId : -1 });
    }
    const site = SITES[Math.floor(random.next() ** 3 * SITES.length)] ?? 'github.com';
    const page = {
      tabId,
      windowId,
      url: `https://${site}/pages/${random.below(5000)}?ref=${i}`,
      title: `Page of ${site}`,
    };
    if (dice < 0.5) return event(day, i, 'TAB_UPDATED', ts, page);
    if (dice < 0.54) return event(day, i, 'TAB_CREATED', ts, page);
    if (dice < 0.58) return event(day, i, 'TAB_REMOVED', ts, { tabId, windowId });
    return event(day, i, 'TAB_ACTIVATED', ts, page);
  });
}

/** @param {number} day @param {number} i @param {string} type @param {number} ts @param {Record<string, unknown>} told */
function event(day, i, type, ts, told) {
  const _id = `${String(day).padStart(8, '0')}-0000-4000-8000-${String(i).padStart(12, '0')}`;
  return { _id, v: 1, type, ts, payload: { type, ts, ...told } };
}
