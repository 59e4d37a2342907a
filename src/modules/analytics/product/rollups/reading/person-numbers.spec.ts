import { actorKey } from '../../../../events/product/segments/actor-key.js';
import type { SegmentColumns } from '../../../../events/product/segments/segment-columns.js';
import { ActorTable } from '../format/actor-table.js';
import { PersonNumbers } from './person-numbers.js';

type Actor = `${'u' | 'a'} ${string}`;

const keysOf = (...actors: Actor[]) => {
  const keys = actors.map((actor) => actorKey(actor[0] as 'u' | 'a', actor.slice(2)));
  return new Uint8Array(Buffer.concat(keys));
};
const segmentOf = (...actors: Actor[]) => ({ actors: keysOf(...actors) }) as SegmentColumns;

function tableOf(...actors: Actor[]): ActorTable {
  const table = new ActorTable();
  actors.forEach((_, i) => table.append(keysOf(...actors), i));
  return table;
}

describe('PersonNumbers', () => {
  it('should number actors that the table does not have past its end, each once', () => {
    const [first, second] = [segmentOf('a x', 'u new', 'a y'), segmentOf('u new', 'u old')];
    const numbers = new PersonNumbers(tableOf('u old', 'a x'), [first, second], []);
    expect([...numbers.actorsOf(first)]).toEqual([1, 2, 3]);
    expect([...numbers.actorsOf(second)]).toEqual([2, 0]);
    expect([...numbers.persons]).toEqual([0, 1, 2, 3]);
    expect(numbers.size).toBe(4);
  });

  it('should see links that are not in the table, and let later ones win', () => {
    const table = tableOf('u u1', 'a x', 'a y');
    table.setPerson(2, 0);
    const segment = segmentOf('a x', 'a new');
    const links = [
      { anonymous: keysOf('a x', 'a new'), users: keysOf('u u1', 'u u2') },
      { anonymous: keysOf('a x', 'a unseen'), users: keysOf('u u2', 'u u3') },
    ];
    const numbers = new PersonNumbers(table, [segment], links);
    const [x, added] = numbers.actorsOf(segment);
    const user2 = numbers.persons[added!]!;
    expect(user2).toBeGreaterThan(added!);
    expect(numbers.persons[x!]).toBe(user2);
    expect(numbers.persons[2]).toBe(0);
    const run = { segment } as never;
    expect([...numbers.personsOf(run)]).toEqual([user2, user2]);
    expect([...table.persons.subarray(0, 3)]).toEqual([0, 1, 0]);
  });
});
