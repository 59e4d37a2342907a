import { collectionsToCopy, DERIVED_COLLECTIONS } from './collection-order.js';

describe('the order in which collections are copied', () => {
  it('should put what is written later behind what it belongs to, and unknown collections last', () => {
    const names = ['zebra', 'identity_links', 'browser_days', 'events', 'browser_events', 'apple', 'activity_days'];
    expect(collectionsToCopy([...names, 'activity_writes'])).toEqual([
      'events',
      'identity_links',
      'browser_events',
      'browser_days',
      'activity_writes',
      'activity_days',
      'apple',
      'zebra',
    ]);
  });

  it('should leave out what is made from others, and what is the database’s own', () => {
    expect(collectionsToCopy([...DERIVED_COLLECTIONS, 'system.profile', 'projects'])).toEqual(['projects']);
  });
});
