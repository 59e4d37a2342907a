// @ts-check

const PERSONS = 2000;
const NAMES = ['app_open', 'screen_view', 'screen_view', 'button_click', 'view_item', 'view_item', 'add_to_cart'];
const SCREENS = ['Home', 'Category', 'Product', 'Cart', 'Search'];
const COUNTRIES = ['DE', 'FR', 'US', 'GB', 'IN'];
const PLATFORMS = ['ios', 'android', 'web'];
const FIRST = Date.parse('2026-11-01T00:00:00Z');

/**
 * Batches of events as an app sends them: no `eventId`, the anonymous id on each, and the user's id too on those of the
 * 30 % of persons who are signed in. Every event differs from all others of the run by its time.
 * @param {{round: number, batches: number, size: number}} shape
 * @returns {object[][]}
 */
export function makeBatches({ round, batches, size }) {
  const start = FIRST + round * 3_600_000;
  return Array.from({ length: batches }, (_, batch) =>
    Array.from({ length: size }, (_, position) => makeEvent(start, batch * size + position)),
  );
}

/** @param {number} start @param {number} number */
function makeEvent(start, number) {
  const person = (number * 7919) % PERSONS;
  return {
    eventName: at(NAMES, number),
    timestamp: new Date(start + number * 7).toISOString(),
    anonymousId: `anon-4f1c9a7e-${person}`,
    ...(person % 10 < 3 && { userId: `user-${person}` }),
    sessionId: `session-${person}-${number % 5}`,
    properties: {
      screen_name: at(SCREENS, number),
      item_id: `sku-${number % 400}`,
      price: (number % 500) + 0.99,
      country: at(COUNTRIES, person),
      platform: at(PLATFORMS, person),
      app_version: '4.2.1',
    },
  };
}

/** @param {readonly string[]} list @param {number} number */
function at(list, number) {
  return list[number % list.length];
}
