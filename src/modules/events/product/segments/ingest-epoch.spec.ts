import { jest } from '@jest/globals';
import { IngestEpoch, receivedUntil } from './ingest-epoch.js';

const OPENED = Date.parse('2025-01-06T10:00:00.987Z');

/** Opened at 0 by the monotonic clock; what it accepts and acknowledges when both clocks show so many milliseconds more. */
function at(passed: number, passedByDate = passed): { accepts: boolean; mayAcknowledge: boolean } {
  const clock = jest.spyOn(Date, 'now').mockReturnValue(OPENED);
  const epoch = new IngestEpoch(OPENED - 3000, 0);
  clock.mockReturnValue(OPENED + passedByDate);
  const verdict = { accepts: epoch.accepts(OPENED, OPENED, passed), mayAcknowledge: epoch.mayAcknowledge(passed) };
  clock.mockRestore();
  return verdict;
}

describe('an epoch', () => {
  it.each([
    [0, 0, true, true],
    [9999, 9999, true, true],
    [10_000, 0, false, true],
    [0, 10_000, false, true],
    [9999, -3_600_000, true, true],
    [30_000, 0, false, false],
    [0, 30_000, false, false],
  ])('should go by the clock that is ahead: %d ms and %d ms', (passed, passedByDate, accepts, mayAcknowledge) => {
    expect(at(passed, passedByDate)).toEqual({ accepts, mayAcknowledge });
  });

  it('should accept only events whose receipt lies where they are looked for', () => {
    const epoch = new IngestEpoch(1000, 0);
    const until = receivedUntil(epoch.id);
    expect(Math.abs(until - Date.now() - 70_000)).toBeLessThan(5000);
    expect(epoch.accepts(1000, until, 0)).toBe(true);
    expect(epoch.accepts(999, until, 0)).toBe(false);
    expect(epoch.accepts(1000, until + 1, 0)).toBe(false);
  });
});

describe('receivedUntil', () => {
  it('should follow from the time in the id, to the millisecond', () => {
    const clock = jest.spyOn(Date, 'now').mockReturnValue(OPENED);
    const { id } = new IngestEpoch(0, 0);
    clock.mockRestore();
    expect(receivedUntil(id)).toBe(OPENED + 70_000);
  });
});
