import fc from 'fast-check';
import { actorKey } from './actor-key.js';
import { SegmentBuilder, type SegmentEvent } from './segment-builder.js';
import { decodeSegment, encodeSegment, type SegmentColumns } from './segment-columns.js';

const event: SegmentEvent = { eventName: 'open', time: 5, anonymousId: undefined, userId: undefined };

/** What the columns say, event by event, in words of their own. */
function readBack({ length, times, names, nameOf, actors, actorOf }: SegmentColumns): unknown[] {
  return Array.from({ length }, (_, i) => {
    const actor = actorOf[i]!;
    const key = actor < 0 ? null : Buffer.from(actors.subarray(actor * 16, actor * 16 + 16)).toString('hex');
    return [names[nameOf[i]!], times[i], key];
  });
}

function expected({ eventName, time, anonymousId, userId }: SegmentEvent): unknown {
  const key =
    userId !== undefined ? actorKey('u', userId) : anonymousId === undefined ? null : actorKey('a', anonymousId);
  return [eventName, time, key && Buffer.from(key).toString('hex')];
}

describe('SegmentBuilder', () => {
  it('should count a person by the user, else by the anonymousId, else not at all', () => {
    const builder = new SegmentBuilder();
    const events = [
      { ...event, userId: 'x', anonymousId: 'y' },
      { ...event, userId: 'x' },
      { ...event, anonymousId: 'x', time: NaN },
      { ...event, anonymousId: 'y', eventName: 'close' },
      event,
    ];
    events.forEach((each) => builder.add(each, false));
    const columns = builder.snapshot();
    expect(readBack(columns)).toEqual(events.map(expected));
    expect([columns.names, [...columns.actorOf]]).toEqual([
      ['open', 'close'],
      [0, 0, 1, 2, -1],
    ]);
  });

  it('should name each anonymousId once whose link may have changed', () => {
    const builder = new SegmentBuilder();
    builder.add({ ...event, anonymousId: 'a', userId: 'u' }, true);
    builder.add({ ...event, anonymousId: 'b', userId: 'u' }, false);
    builder.add({ ...event, anonymousId: 'a', userId: 'u' }, true);
    expect(builder.snapshot().linkedIds).toEqual(['a']);
  });

  it('should never change a snapshot, and give the same one until something is added', () => {
    const builder = new SegmentBuilder();
    builder.add({ ...event, userId: 'u0' }, false);
    const before = builder.snapshot();
    expect(builder.snapshot()).toBe(before);
    for (let i = 1; i < 1000; i++) builder.add({ ...event, eventName: `e${i}`, userId: `u${i}` }, true);
    expect(readBack(before)).toEqual([expected({ ...event, userId: 'u0' })]);
    expect([before.names, before.linkedIds, before.actors.length]).toEqual([['open'], [], 16]);
    expect(builder.snapshot().length).toBe(1000);
    expect(builder.textBytes).toBeGreaterThan(16 * 1000);
  });
});

describe('encodeSegment', () => {
  it('should be read back as it was, wherever the bytes lie', () => {
    const id = fc.option(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 5 }), { nil: undefined });
    const events = fc.array(
      fc.record({
        eventName: fc.string({ unit: 'grapheme', maxLength: 3 }),
        time: fc.oneof(fc.integer({ min: -8.64e15, max: 8.64e15 }), fc.constant(NaN)),
        anonymousId: id,
        userId: id,
      }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(events, fc.nat(9), (list, shift) => {
        const builder = new SegmentBuilder();
        list.forEach((each, i) => builder.add(each, i % 3 === 0));
        const encoded = encodeSegment(builder.snapshot());
        const moved = Buffer.concat([Buffer.alloc(shift), encoded]).subarray(shift);
        const decoded = decodeSegment(moved);
        expect(readBack(decoded)).toEqual(list.map(expected));
        expect(decoded).toEqual({ ...builder.snapshot(), actors: Uint8Array.from(builder.snapshot().actors) });
      }),
    );
  });

  it('should refuse what it has not written', () => {
    const builder = new SegmentBuilder();
    builder.add({ ...event, userId: 'u' }, false);
    const encoded = encodeSegment(builder.snapshot());
    expect(() => decodeSegment(encoded.subarray(0, 10))).toThrow(RangeError);
    expect(() => decodeSegment(encoded.subarray(0, encoded.length - 1))).toThrow('cut off');
    expect(() => decodeSegment(Buffer.concat([Buffer.from([9]), encoded.subarray(1)]))).toThrow('unknown version 9');
  });
});
