// @ts-check
// What persons do in a shop's app: visits of a few minutes, twelve event names, a few properties on each event.
import { mixSeed } from './random.mjs';

/** @typedef {import('./random.mjs').Random} Random */
/** @typedef {Record<string, string | number>} Properties */
/**
 * @typedef {object} ShopEvent as `POST /v1/events/batch` takes it
 * @property {string} eventName
 * @property {number} timestamp epoch milliseconds
 * @property {string} [anonymousId]
 * @property {string} [userId]
 * @property {string} sessionId
 * @property {string} [eventId]
 * @property {Properties} properties
 */

export const EVENT_NAMES = /** @type {const} */ ([
  'app_open',
  'notification_open',
  'screen_view',
  'button_click',
  'view_item',
  'search',
  'add_to_cart',
  'add_to_wishlist',
  'begin_checkout',
  'purchase_success',
  'login_success',
  'share',
]);
export const FUNNEL = ['view_item', 'add_to_cart', 'begin_checkout', 'purchase_success'];

const SCREENS = ['Home', 'Category', 'Product', 'Cart', 'Search', 'Profile', 'Orders', 'Settings'];
const BUTTONS = ['buy', 'filter', 'sort', 'menu', 'back', 'help'];
const QUERIES = ['shoes', 'jacket', 'lamp', 'book', 'phone case'];
const COUNTRIES = ['DE', 'DE', 'DE', 'FR', 'FR', 'US', 'US', 'GB', 'IN', 'NP'];
const PLATFORMS = ['android', 'android', 'ios', 'web'];
const VERSIONS = ['4.2.1', '4.2.0', '4.1.3'];
const ITEMS = 400;

/** What follows within a visit, by cumulative share; the rest of 1 is a screen view. */
const NEXT = /** @type {const} */ ([
  [0.27, 'view_item'],
  [0.42, 'button_click'],
  [0.51, 'search'],
  [0.6, 'add_to_cart'],
  [0.64, 'add_to_wishlist'],
  [0.66, 'share'],
]);
const GOES_ON = 0.85;
const MEAN_PAUSE_MS = 20_000;
const LONGEST_PAUSE_MS = 300_000;
/** Of 10. */
const WITH_ACCOUNT = 3;
const WITH_SECOND_DEVICE = 2;

/**
 * One visit of a person, in order of time. 30 % of the persons have an account: they sign in during the visit or are
 * signed in from its start, and then send both ids, or the user's id alone.
 * @param {Random} random
 * @param {{person: number, start: number, sessionId: string}} visit
 * @returns {ShopEvent[]} at least one
 */
export function playVisit(random, { person, start, sessionId }) {
  const traits = mixSeed(person, 1);
  const account = traits % 10 < WITH_ACCOUNT;
  const second = account && (traits >>> 8) % 10 < WITH_SECOND_DEVICE && random.chance(0.4);
  const country = at(COUNTRIES, traits >>> 4);
  const platform = second ? 'web' : at(PLATFORMS, traits >>> 12);
  const version = random.pick(VERSIONS);
  const anonymousId = `anon-4f1c9a7e-${person}${second ? '-2' : ''}`;
  const userId = `user-${person}`;
  let signedIn = account && random.chance(0.5);
  const withoutAnonymousId = signedIn && random.chance(0.15);
  /** @type {ShopEvent[]} */
  const events = [];
  let time = start;
  /** @param {typeof EVENT_NAMES[number]} eventName @param {Properties} [own] */
  const send = (eventName, own = {}) => {
    if (events.length > 0) time += pause(random);
    /** @type {ShopEvent} */
    const event = { eventName, timestamp: time, sessionId, properties: own };
    if (!withoutAnonymousId) event.anonymousId = anonymousId;
    if (signedIn) event.userId = userId;
    own.country = country;
    own.platform = platform;
    own.app_version = version;
    events.push(event);
  };
  send(random.chance(0.12) ? 'notification_open' : 'app_open');
  send('screen_view', { screen_name: 'Home' });
  if (account && !signedIn && random.chance(0.6)) {
    signedIn = true;
    send('login_success');
  }
  while (random.chance(GOES_ON)) {
    const eventName = nextName(random);
    send(eventName, propertiesOf(random, eventName));
    if (eventName === 'add_to_cart' && random.chance(0.45)) {
      send('begin_checkout');
      if (random.chance(0.6)) send('purchase_success', { price: random.below(30_000) / 100 });
    }
  }
  return events;
}

/** @param {Random} random */
function nextName(random) {
  const share = random.next();
  for (const [until, eventName] of NEXT) if (share < until) return eventName;
  return 'screen_view';
}

/** @param {Random} random @param {string} eventName @returns {Properties} */
function propertiesOf(random, eventName) {
  switch (eventName) {
    case 'screen_view':
      return random.chance(0.02) ? {} : { screen_name: random.pick(SCREENS) };
    case 'button_click': {
      const button = random.pick(BUTTONS);
      return { button_id: `btn-${button}`, button_text: button };
    }
    case 'search':
      return { query: random.pick(QUERIES) };
    case 'share':
      return {};
    default: {
      const item = random.below(ITEMS);
      return { item_id: `sku-${item}`, item_name: `Item ${item}`, price: (item % 50) + 0.99 };
    }
  }
}

/** @param {Random} random */
function pause(random) {
  return 1 + Math.floor(Math.min(LONGEST_PAUSE_MS, -Math.log(1 - random.next()) * MEAN_PAUSE_MS));
}

/** @template T @param {readonly T[]} list @param {number} number @returns {T} */
function at(list, number) {
  return /** @type {T} */ (list[number % list.length]);
}
