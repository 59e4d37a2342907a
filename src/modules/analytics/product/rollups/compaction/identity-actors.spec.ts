import { ActorBook } from '../format/actor-book.js';
import { RawDay } from '../verification/raw-day.js';
import { IdentityActors } from './identity-actors.js';
import { SourceColumns } from './source-columns.js';

describe('events that were stored before ids and names were checked', () => {
  const day = 20_000;
  const timestamp = new Date(day * 86_400_000);
  const text = { eventName: 'open', timestamp };
  const events = [
    { ...text, userId: { a: 1 }, anonymousId: { b: 1 } },
    { ...text, userId: 7, anonymousId: ['a1'] },
    { ...text, userId: null, anonymousId: '' },
    { ...text, userId: { a: 1 }, anonymousId: 'a1' },
    { ...text, userId: 'u1', anonymousId: { b: 1 } },
    { eventName: 5, timestamp, anonymousId: 'a1' },
    { eventName: undefined, timestamp, userId: 'u1' },
  ];

  it('should be of nobody when their ids are no text, and have names that are', () => {
    const book = new ActorBook('p', 'g');
    const columns = new SourceColumns(day, new IdentityActors(book));
    columns.add(events);
    const block = columns.toBlock(new Set());
    expect([...block.actorOf.subarray(0, block.length)]).toEqual([-1, -1, -1, 0, 1, 0, 1]);
    expect(block.names).toEqual(['open', '5', 'undefined']);
    expect(book.table.size).toBe(2);
  });

  it('should be the same to the verification', () => {
    const raw = new RawDay(day);
    for (const event of events) raw.add(event);
    expect([...raw.actorOf.subarray(0, raw.length)]).toEqual([-1, -1, -1, 0, 1, 0, 1]);
    expect(raw.names).toEqual(['open', '5', 'undefined']);
    expect(raw.actors.map(({ kind, id }) => kind + id)).toEqual(['aa1', 'uu1']);
  });
});
