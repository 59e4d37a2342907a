import fc from 'fast-check';
import { DAY_MS } from '../../day.js';
import { decodeBlock, encodeBlock, mergeBlocks, sliceBlock, withUsedNames, type DayBlock } from './day-block.js';

type Event = [time: number, name: string, actor: number];

function blockOf(events: readonly Event[]): DayBlock {
  const names = [...new Set(events.map(([, name]) => name))];
  return {
    length: events.length,
    times: Uint32Array.from(events, ([time]) => time),
    names,
    nameOf: Uint16Array.from(events, ([, name]) => names.indexOf(name)),
    actorOf: Int32Array.from(events, ([, , actor]) => actor),
  };
}

function read({ length, times, names, nameOf, actorOf }: DayBlock): Event[] {
  return Array.from({ length }, (_, i) => [times[i]!, names[nameOf[i]!]!, actorOf[i]!]);
}

const byTime = (events: readonly Event[]): Event[] => [...events].sort((a, b) => a[0] - b[0]);

const event: fc.Arbitrary<Event> = fc.tuple(
  fc.oneof(fc.nat(20), fc.nat(DAY_MS - 1)),
  fc.oneof(fc.constantFrom('open', 'ünïcode 😀', '', 'a\0b'), fc.string({ unit: 'grapheme', maxLength: 4 })),
  fc.oneof(fc.constantFrom(-1, 0, 254, 255, 65_534, 65_535, 16_777_215, 2_147_483_646), fc.nat(300)),
);
const events = fc.array(event, { maxLength: 60 }).map(byTime);

describe('encodeBlock', () => {
  it('should be read back as it was, wherever the bytes lie', () => {
    fc.assert(
      fc.property(events, fc.nat(9), (list, shift) => {
        const encoded = encodeBlock(blockOf(list));
        const decoded = decodeBlock(Buffer.concat([Buffer.alloc(shift), encoded]).subarray(shift));
        expect(read(decoded)).toEqual(list);
      }),
    );
  });

  it('should hold more names than two bytes can number', () => {
    const list: Event[] = Array.from({ length: 70_000 }, (_, i) => [i, `name ${i}`, i]);
    const block = { ...blockOf([]), ...columnsOf(list) };
    expect(read(decodeBlock(encodeBlock(block)))).toEqual(list);
    const merged = mergeBlocks([{ ...blockOf([]), ...columnsOf(list.slice(0, 40_000)) }, block]);
    expect(merged.names).toHaveLength(70_000);
    expect(read(merged)).toEqual(byTime([...list.slice(0, 40_000), ...list]));
  });

  it('should take about five bytes per event of a busy day', () => {
    const list: Event[] = Array.from({ length: 100_000 }, (_, i) => [i * 863, `n${i % 12}`, (i * 7) % 50_000]);
    expect(encodeBlock(blockOf(list)).length).toBeLessThan(5.01 * list.length);
  });

  it('should write only as many events as the block has, whatever its arrays hold', () => {
    const block = blockOf([
      [1, 'a', 1],
      [2, 'b', 2],
    ]);
    expect(read(decodeBlock(encodeBlock({ ...block, length: 1 })))).toEqual([[1, 'a', 1]]);
  });

  it('should refuse what it has not written', () => {
    const encoded = encodeBlock(blockOf([[1, 'a', 1]]));
    expect(() => decodeBlock(encoded.subarray(0, 3))).toThrow(RangeError);
    expect(() => decodeBlock(encoded.subarray(0, encoded.length - 1))).toThrow(RangeError);
    expect(() => decodeBlock(Buffer.concat([Buffer.from([9]), encoded.subarray(1)]))).toThrow(RangeError);
  });
});

describe('mergeBlocks', () => {
  it('should hold the events of all blocks by time, of an earlier block first', () => {
    fc.assert(
      fc.property(fc.array(events, { maxLength: 9 }), (lists) => {
        expect(read(mergeBlocks(lists.map(blockOf)))).toEqual(byTime(lists.flat()));
      }),
    );
  });

  it('should merge slices back to the whole', () => {
    const block = blockOf(Array.from({ length: 100 }, (_, i) => [i, `n${i % 3}`, i]));
    expect(mergeBlocks([sliceBlock(block, 0, 40), sliceBlock(block, 40, 100)])).toEqual(block);
  });
});

describe('withUsedNames', () => {
  it('should say the same with no name too many', () => {
    const block = blockOf(Array.from({ length: 9 }, (_, i) => [i, `n${i % 5}`, i]));
    const few = withUsedNames(sliceBlock(block, 3, 6));
    expect(read(few)).toEqual(read(sliceBlock(block, 3, 6)));
    expect(few.names).toEqual(['n3', 'n4', 'n0']);
    expect(withUsedNames(block)).toBe(block);
  });
});

function columnsOf(list: readonly Event[]): DayBlock {
  return {
    length: list.length,
    times: Uint32Array.from(list, ([time]) => time),
    names: list.map(([, name]) => name),
    nameOf: Uint32Array.from(list, (_, i) => i),
    actorOf: Int32Array.from(list, ([, , actor]) => actor),
  };
}
