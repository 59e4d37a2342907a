import fc from 'fast-check';
import { inPieces } from './column-pieces.js';
import { compareEvents, type ColumnEvent } from './event-columns.js';

const DAY = Date.parse('2025-01-13T00:00:00Z');

async function* batches(events: ColumnEvent[], size: number): AsyncGenerator<ColumnEvent[]> {
  for (let start = 0; start < events.length; start += size) yield events.slice(start, start + size);
}

const event = (at: number, tabId: number): ColumnEvent => ({
  at: DAY + at,
  type: 'TAB_ACTIVATED',
  domain: null,
  hasAddress: false,
  tabId,
  windowId: null,
  state: null,
  device: null,
});

describe('inPieces', () => {
  it('should give all events in their order, in pieces that hold together what happened at once', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.nat(40), fc.nat(1000)), { maxLength: 60 }),
        fc.integer({ min: 1, max: 20 }),
        fc.integer({ min: 1, max: 20 }),
        async (told, batch, size) => {
          const events = told.map(([at, tabId]) => event(at, tabId)).sort((a, b) => a.at - b.at);
          const read: [at: number, tabId: number][] = [];
          const last: boolean[] = [];
          const ends: number[] = [];
          for await (const { columns, isLast } of inPieces(batches(events, batch), size)) {
            for (let i = 0; i < columns.count; i++) {
              read.push([columns.start + columns.offsets[i]!, columns.names.tabs[columns.tabs[i]! - 1]!]);
            }
            last.push(isLast);
            ends.push(read.length);
            expect(columns.count).toBeLessThanOrEqual(size);
          }
          expect(last.indexOf(true)).toBe(last.length - 1);
          const times = (rows: [number, number][]) => rows.map(([at]) => at);
          expect(times(read)).toEqual(events.map(({ at }) => at));
          const counted = (at: number) => events.filter((one) => one.at === at).length;
          for (const end of ends.slice(0, -1)) {
            // Only what is too much for one piece is cut.
            if (read[end - 1]![0] === read[end]![0]) expect(counted(read[end]![0])).toBeGreaterThan(size);
          }
          if (events.every(({ at }) => counted(at) <= size)) {
            expect(read).toEqual([...events].sort(compareEvents).map(({ at, tabId }) => [at, tabId]));
          }
        },
      ),
    );
  });
});
