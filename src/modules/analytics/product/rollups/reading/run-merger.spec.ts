import fc from 'fast-check';
import type { EventRun } from './event-run.js';
import { RunMerger } from './run-merger.js';

interface Item {
  time: number;
  name: number;
  actor: number;
}

const items = fc.array(fc.record({ time: fc.nat(50), name: fc.nat(2), actor: fc.integer({ min: -1, max: 3 }) }), {
  maxLength: 40,
});

function runOf(list: readonly Item[]): EventRun {
  return {
    length: list.length,
    times: Uint32Array.from(list, ({ time }) => time),
    names: ['a', 'b', 'c'],
    nameOf: Uint16Array.from(list, ({ name }) => name),
    actorOf: Int32Array.from(list, ({ actor }) => actor),
  };
}

describe('RunMerger', () => {
  it('should bring runs into one order, the earlier run first at the same time, without what nobody asked for', () => {
    const merger = new RunMerger();
    fc.assert(
      fc.property(fc.array(items, { maxLength: 9 }), (lists) => {
        const sorted = lists.map((list) => [...list].sort((a, b) => a.time - b.time));
        merger.clear();
        for (const list of sorted) {
          const span = { begin: Math.min(1, list.length), end: list.length };
          merger.add(runOf(list), span, Int32Array.of(1, -1, 0), Int32Array.of(9, 8, 7, 6));
        }
        merger.merge();
        const expected = sorted
          .flatMap((list) => list.slice(1))
          .filter(({ name }) => name !== 1)
          .sort((a, b) => a.time - b.time)
          .map(({ time, name, actor }) => [time, name === 0 ? 1 : 0, actor < 0 ? -1 : 9 - actor]);
        const result = Array.from({ length: merger.length }, (_, i) => [
          merger.times[i],
          merger.names[i],
          merger.persons[i],
        ]);
        expect(result).toEqual(expected);
      }),
      { numRuns: 300 },
    );
  });

  it('should go on working beyond the room it began with', () => {
    const merger = new RunMerger();
    const list = Array.from({ length: 3000 }, (_, time) => ({ time, name: 0, actor: 0 }));
    for (let i = 0; i < 3; i++) merger.add(runOf(list), { begin: 0, end: 3000 }, Int32Array.of(0), Int32Array.of(0));
    merger.merge();
    expect(merger.length).toBe(9000);
    expect([...merger.times.subarray(0, 9000)]).toEqual(list.flatMap(({ time }) => [time, time, time]));
  });
});
