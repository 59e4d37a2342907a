import { EventEmitter, once } from 'node:events';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { jest } from '@jest/globals';
import type { ExecutionContext } from '@nestjs/common';
import { from, lastValueFrom } from 'rxjs';
import { REPORT_TIMEOUT_MS } from '../../../infra/mongo/mongo-options.js';
import { beginReading, TOO_LONG } from '../../analytics/product/raw/report-run.js';
import { ReportLoadInterceptor } from './report-load.interceptor.js';

const OVERLOADED = { kind: 'unavailable', code: 'OVERLOADED', retryAfterSeconds: 2 };

describe('ReportLoadInterceptor', () => {
  let interceptor: ReportLoadInterceptor;
  /** Events of the end of the reports that wait for it. */
  let ends: EventEmitter;

  beforeEach(() => {
    interceptor = new ReportLoadInterceptor();
    ends = new EventEmitter().setMaxListeners(200);
  });

  afterEach(() => {
    jest.restoreAllMocks();
  });

  const compute = (work: () => Promise<unknown>, raw = new EventEmitter()) =>
    lastValueFrom(
      interceptor.intercept({ switchToHttp: () => ({ getResponse: () => ({ raw }) }) } as unknown as ExecutionContext, {
        handle: () => from(work()),
      }),
    );

  it('should let reports from rollups answer while many read raw events', async () => {
    let reading = 0;
    const slow = Array.from({ length: 40 }, () =>
      compute(async () => {
        await beginReading();
        // A second question of the same report takes no second place.
        await beginReading();
        reading++;
        await once(ends, 'end');
        reading--;
      }),
    );
    await nextTurn();
    expect(reading).toBe(3);
    const quick = Array.from({ length: 50 }, (_, i) => compute(() => Promise.resolve(i)));
    expect(await Promise.all(quick)).toHaveLength(50);
    while (reading > 0) {
      expect(reading).toBeLessThanOrEqual(3);
      ends.emit('end');
      await nextTurn();
    }
    await Promise.all(slow);
  });

  it('should refuse readers of raw events beyond those that may wait, and give places back after failures', async () => {
    const failing = Array.from({ length: 53 }, () =>
      compute(async () => {
        await beginReading();
        await once(ends, 'end');
        throw new Error('no figures');
      }),
    );
    const outcomes = Promise.allSettled(failing);
    await nextTurn();
    await expect(compute(beginReading)).rejects.toMatchObject(OVERLOADED);
    const emitting = setInterval(() => ends.emit('end'), 1);
    const reasons = (await outcomes).map((outcome) => (outcome as PromiseRejectedResult).reason as Error);
    clearInterval(emitting);
    expect(new Set(reasons.map(({ message }) => message))).toEqual(new Set(['no figures']));
    expect(await compute(beginReading)).toMatchObject({ maxTimeMS: expect.any(Number) });
  });

  it('should hold all reports together to their number', async () => {
    const held = Array.from({ length: 108 }, () => compute(() => once(ends, 'end')));
    await nextTurn();
    await expect(compute(() => Promise.resolve())).rejects.toMatchObject(OVERLOADED);
    const emitting = setInterval(() => ends.emit('end'), 1);
    await Promise.all(held);
    clearInterval(emitting);
  });

  it('should give all questions of a report one time together', async () => {
    const start = Date.now();
    const clock = jest.spyOn(Date, 'now').mockReturnValue(start);
    await compute(async () => {
      expect((await beginReading()).maxTimeMS).toBe(REPORT_TIMEOUT_MS);
      clock.mockReturnValue(start + 29_000);
      expect((await beginReading()).maxTimeMS).toBe(REPORT_TIMEOUT_MS - 29_000);
      clock.mockReturnValue(start + REPORT_TIMEOUT_MS);
      await expect(beginReading()).rejects.toThrow(TOO_LONG);
    });
    expect(await beginReading()).toEqual({ maxTimeMS: REPORT_TIMEOUT_MS });
  });

  it('should stop reading when the connection closes', async () => {
    const connection = new EventEmitter();
    const report = compute(async () => {
      await beginReading();
      connection.emit('close');
      await beginReading();
    }, connection);
    await expect(report).rejects.toThrow('The caller is gone');
    expect(connection.listenerCount('close')).toBe(0);
  });
});
