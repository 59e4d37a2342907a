import fc from 'fast-check';
import { eventBatches, type StreamedEvent } from '../../../../../test/factories/event-batch.factory.js';
import { ActiveUsers, stickiness } from './active-users.js';

/** Days of 10 milliseconds. */
function run(events: StreamedEvent[], days: number, first: number, lengths?: number[]) {
  const users = new ActiveUsers(Array.from({ length: days + 1 }, (_, day) => day * 10));
  for (const batch of eventBatches(events, [], lengths)) users.add(batch, 0, batch.length);
  return users.days(
    Array.from({ length: days - first }, (_, i) => String(first + i)),
    first,
  );
}

describe('ActiveUsers', () => {
  it('should count a person for 7 and for 30 days', () => {
    const items = run([{ time: 5 }, { time: 6 }, { time: 50 }], 40, 0);
    expect(items.filter(({ dau }) => dau === 1).map(({ date }) => date)).toEqual(['0', '5']);
    expect(items.filter(({ wau }) => wau === 1).map(({ date }) => Number(date))).toEqual(
      Array.from({ length: 12 }, (_, i) => i),
    );
    expect(items.filter(({ mau }) => mau === 1)).toHaveLength(35);
  });

  it('should agree with sets of persons', () => {
    const event = fc.record({ person: fc.integer({ min: -1, max: 5 }), time: fc.integer({ min: 0, max: 799 }) });
    fc.assert(
      fc.property(
        fc.array(event, { maxLength: 60 }),
        fc.integer({ min: 0, max: 79 }),
        fc.array(fc.integer({ min: 1, max: 9 })),
        (events, first, lengths) => {
          const within = (day: number, days: number) =>
            new Set(
              events
                .filter(({ person, time }) => person >= 0 && time < (day + 1) * 10 && time >= (day + 1 - days) * 10)
                .map(({ person }) => person),
            ).size;
          expect(run(events, 80, first, lengths)).toEqual(
            Array.from({ length: 80 - first }, (_, i) => ({
              date: String(first + i),
              dau: within(first + i, 1),
              wau: within(first + i, 7),
              mau: within(first + i, 30),
            })),
          );
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('stickiness', () => {
  it('should be average DAU by average MAU', () => {
    const day = (dau: number, mau: number) => ({ date: '', dau, wau: mau, mau });
    expect(stickiness([day(1, 4), day(2, 4), day(0, 4)])).toBe(0.25);
    expect(stickiness([day(0, 0)])).toBe(0);
    expect(stickiness([])).toBe(0);
  });
});
