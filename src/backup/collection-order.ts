/**
 * Made from other collections, and made again at start where they are missing. They are left out of a backup: what was
 * copied a moment later than the events it was made from would be wrong for ever.
 */
export const DERIVED_COLLECTIONS: readonly string[] = [
  'browser_checkpoints',
  'browser_day_columns',
  'connection_tests',
  'ingest_epochs',
  'product_actors',
  'product_blocks',
  'product_days',
  'product_rollups',
  'product_segments',
];

/**
 * Copied first, in this order. Servers go on writing meanwhile, so each stands before what is written after it: a copy then
 * has every link, day and part that its events, points and reports need, and now and then one more.
 *
 * - `product_erasures`: a promise to erase a person is deleted when it is kept, so it is copied before the events.
 * - `events`, then `identity_links`: an event whose link is still to be written says so.
 * - `browser_events`, then `browser_days`: a day is announced before its events are written.
 * - `activity_writes`, then `activity_days`: points move from the first into the second.
 * - `report_tasks`, then `report_parts`: parts are written before their task says so.
 */
export const COPIED_FIRST: readonly string[] = [
  'product_erasures',
  'events',
  'identity_links',
  'browser_events',
  'browser_days',
  'activity_writes',
  'activity_days',
  'report_tasks',
  'report_parts',
];

/** What a backup copies of these collections, in the order in which it does; those it knows nothing of come last. */
export function collectionsToCopy(names: readonly string[]): string[] {
  const derived = new Set(DERIVED_COLLECTIONS);
  const others = names.filter(
    (name) => !COPIED_FIRST.includes(name) && !derived.has(name) && !name.startsWith('system.'),
  );
  return [...COPIED_FIRST.filter((name) => names.includes(name)), ...others.sort()];
}
