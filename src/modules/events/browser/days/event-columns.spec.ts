import fc from 'fast-check';
import { compareEvents, packColumns, toColumns, unpackColumns, type ColumnEvent } from './event-columns.js';

const DAY = Date.parse('2025-01-13T00:00:00Z');

const event = (changes: Partial<ColumnEvent> = {}): ColumnEvent => ({
  at: DAY,
  type: 'TAB_ACTIVATED',
  domain: null,
  hasAddress: false,
  tabId: null,
  windowId: null,
  state: null,
  device: null,
  ...changes,
});

const anyEvent: fc.Arbitrary<ColumnEvent> = fc
  .record({
    at: fc.integer({ min: DAY, max: DAY + 86_399_999 }),
    type: fc.constantFrom('TAB_ACTIVATED', 'IDLE_STATE_CHANGED', 'X'),
    domain: fc.option(fc.constantFrom('a.example', 'b.example')),
    hasAddress: fc.boolean(),
    tabId: fc.option(fc.maxSafeInteger()),
    windowId: fc.option(fc.integer({ min: -1, max: 5 })),
    state: fc.option(fc.constantFrom('active', 'idle', 'locked')),
    device: fc.option(fc.string({ minLength: 1 })),
  })
  .map((one) => ({ ...one, hasAddress: one.hasAddress || one.domain !== null }));

describe('toColumns', () => {
  it('should keep all that reports need, in the order in which it counts, also when it is packed', () => {
    fc.assert(
      fc.property(fc.array(anyEvent, { maxLength: 50 }), (events) => {
        const made = toColumns([...events]);
        const columns = unpackColumns(packColumns(made), made.start, JSON.parse(JSON.stringify(made.names)));
        expect(columns).toEqual(made);
        const read = Array.from({ length: columns.count }, (_, i) => {
          const domain = columns.domains[i]!;
          return event({
            at: columns.start + columns.offsets[i]!,
            type: columns.names.types[columns.types[i]!],
            domain: columns.names.domains[domain - 2] ?? null,
            hasAddress: domain > 0,
            tabId: columns.names.tabs[columns.tabs[i]! - 1] ?? null,
            windowId: columns.names.windows[columns.windows[i]! - 1] ?? null,
            state: [null, 'locked', 'idle', 'active'][columns.states[i]!],
            device: columns.names.devices[columns.devices[i]! - 1] ?? null,
          });
        });
        expect(read).toEqual([...events].sort(compareEvents));
      }),
    );
  });

  it('should order the events of one millisecond by what they mean, not by when they came', () => {
    const ordered = [
      event({ at: DAY - 1, type: 'X' }),
      event({ type: 'TAB_REMOVED' }),
      event({ type: 'TAB_CREATED' }),
      event({ type: 'TAB_UPDATED', tabId: 1 }),
      event({ type: 'TAB_UPDATED', tabId: 2 }),
      event({ type: 'TAB_ACTIVATED' }),
      event({ type: 'WINDOW_FOCUS_CHANGED', windowId: -1 }),
      event({ type: 'WINDOW_FOCUS_CHANGED', windowId: 3 }),
      event({ type: 'IDLE_STATE_CHANGED', state: 'idle' }),
      event({ type: 'IDLE_STATE_CHANGED', state: 'active' }),
      event({ type: 'X' }),
    ];
    expect([...ordered].reverse().sort(compareEvents)).toEqual(ordered);
  });

  it('should hold nothing of no events', () => {
    expect(toColumns([])).toMatchObject({ count: 0 });
    expect(unpackColumns(packColumns(toColumns([])), 0, toColumns([]).names).count).toBe(0);
  });
});
