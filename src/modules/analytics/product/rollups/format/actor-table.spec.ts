import fc from 'fast-check';
import { ACTORS_PER_CHUNK, ActorTable } from './actor-table.js';

/** Keys that meet in the first word, the rest, or nowhere: the table must tell all of them apart. */
function keyOf(id: number): Uint8Array {
  const key = new Uint8Array(16).fill(1);
  const view = new DataView(key.buffer);
  view.setUint32(0, id % 7, true);
  view.setUint32(12, id + 1, true);
  return key;
}

const keysOf = (ids: readonly number[]): Uint8Array => Buffer.concat(ids.map(keyOf));

describe('ActorTable', () => {
  it('should number actors as a Map does', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(400), { maxLength: 600 }), (ids) => {
        const table = new ActorTable();
        const numberOf = new Map<number, number>();
        const keys = keysOf(ids);
        const found: number[][] = [];
        const expected: number[][] = [];
        ids.forEach((id, i) => {
          const before = numberOf.get(id) ?? -1;
          if (before < 0) numberOf.set(id, numberOf.size);
          const number = numberOf.get(id)!;
          expected.push([before, number, number]);
          found.push([table.find(keys, i), table.append(keys, i), table.persons[number]!]);
        });
        expect(found).toEqual(expected);
        expect([table.size, [...numberOf.keys()].map((id) => table.find(keyOf(id), 0))]).toEqual([
          numberOf.size,
          [...numberOf.values()],
        ]);
      }),
    );
  });

  it('should grow to many actors over several chunks and come back from them', () => {
    const size = 2 * ACTORS_PER_CHUNK + 100;
    const ids = Array.from({ length: size }, (_, i) => i);
    const table = new ActorTable();
    const keys = keysOf(ids);
    ids.forEach((_, i) => table.append(keys, i));
    table.setPerson(ACTORS_PER_CHUNK + 1, 3);
    table.erase(5);
    const copy = ActorTable.fromChunks([0, 1, 2].map((c) => table.chunk(c)));
    expect(copy.size).toBe(size);
    expect(copy.persons.subarray(0, size).join()).toBe(table.persons.subarray(0, size).join());
    expect(copy.isErased(5)).toBe(true);
    expect(ids.filter((id) => copy.find(keyOf(id), 0) !== id)).toEqual([5]);
    expect(copy.find(keyOf(5), 0)).toBe(-1);
    expect(() => ActorTable.fromChunks([table.chunk(1)])).toThrow(RangeError);
  });

  it('should follow a table elsewhere by its chunks, through erasures and links', () => {
    const step = fc.oneof(
      fc.record({ kind: fc.constant('append' as const), id: fc.nat(60) }),
      fc.record({ kind: fc.constant('erase' as const), id: fc.nat(60) }),
      fc.record({ kind: fc.constant('link' as const), id: fc.nat(60), to: fc.nat(60) }),
      fc.record({ kind: fc.constant('copy' as const) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 150 }), (steps) => {
        const table = new ActorTable();
        const follower = new ActorTable();
        const numberOf = new Map<number, number>();
        for (const each of [...steps, { kind: 'copy' as const }]) {
          if (each.kind === 'append' && !numberOf.has(each.id)) {
            numberOf.set(each.id, table.append(keyOf(each.id), 0));
          } else if (each.kind === 'erase' && numberOf.has(each.id)) {
            table.erase(numberOf.get(each.id)!);
            numberOf.delete(each.id);
          } else if (each.kind === 'link' && numberOf.has(each.id) && numberOf.has(each.to)) {
            table.setPerson(numberOf.get(each.id)!, numberOf.get(each.to)!);
          } else if (each.kind === 'copy') {
            const { c, keys, persons } = table.chunk(0);
            follower.applyChunk(c, keys, persons);
          }
        }
        const ids = Array.from({ length: 61 }, (_, id) => id);
        for (const each of [table, follower]) {
          expect(ids.map((id) => each.find(keyOf(id), 0))).toEqual(ids.map((id) => numberOf.get(id) ?? -1));
        }
        expect([...follower.persons.subarray(0, follower.size)]).toEqual([...table.persons.subarray(0, table.size)]);
      }),
    );
  });
});
