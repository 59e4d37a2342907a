import { ActorBook } from './actor-book.js';
import { ACTORS_PER_CHUNK } from './actor-table.js';

function keyOf(id: number): Uint8Array {
  const key = new Uint8Array(16).fill(7);
  new DataView(key.buffer).setUint32(0, id, true);
  return key;
}

function bookOf(actors: number): ActorBook {
  const book = new ActorBook('p', 'g');
  for (let id = 0; id < actors; id++) book.numberOf(keyOf(id), 0);
  return book;
}

const changedOf = (book: ActorBook): unknown[] => book.listChanged().map(({ c, version }) => [c, version]);

describe('ActorBook', () => {
  it('should list the chunks that changed, with the versions that are stored', () => {
    const book = bookOf(ACTORS_PER_CHUNK + 1);
    expect(changedOf(book)).toEqual([
      [0, 0],
      [1, 0],
    ]);
    book.confirmWritten();
    expect(changedOf(book)).toEqual([]);
    book.numberOf(keyOf(0), 0);
    book.setPerson(5, 5);
    expect(changedOf(book)).toEqual([]);
    book.setPerson(ACTORS_PER_CHUNK, 5);
    expect(changedOf(book)).toEqual([[1, 1]]);
    book.confirmTouched();
    expect(changedOf(book)).toEqual([[1, 2]]);
  });

  it('should follow what others have stored', () => {
    const book = bookOf(3);
    const other = new ActorBook('p', 'g');
    for (const chunk of book.listChanged()) other.apply({ ...chunk, version: 4 });
    expect([other.find(keyOf(2)), other.find(keyOf(3))]).toEqual([2, -1]);
    other.numberOf(keyOf(3), 0);
    expect(changedOf(other)).toEqual([[0, 4]]);
  });

  it('should forget an actor, and whom others were taken for because of it', () => {
    const book = bookOf(4);
    book.setPerson(1, 2);
    book.setPerson(3, 0);
    book.confirmWritten();
    book.erase(new Set([2]));
    expect(book.find(keyOf(2))).toBe(-1);
    expect([...book.table.persons.subarray(0, 4)]).toEqual([0, 1, 2, 0]);
    expect(changedOf(book)).toEqual([[0, 1]]);
    expect(book.numberOf(keyOf(2), 0)).toBe(4);
  });
});
