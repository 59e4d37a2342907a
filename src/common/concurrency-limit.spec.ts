import { setTimeout as sleep } from 'node:timers/promises';
import { ConcurrencyLimit } from './concurrency-limit.js';

describe('ConcurrencyLimit', () => {
  it('should run at most so many at once, in order, and refuse what finds the queue full', async () => {
    const limit = new ConcurrencyLimit({ maxRunning: 2, maxWaiting: 3, busy: () => new Error('busy') });
    let running = 0;
    let most = 0;
    const order: number[] = [];
    const outcomes = await Promise.allSettled(
      Array.from({ length: 7 }, (_, index) =>
        limit.run(async () => {
          running += 1;
          most = Math.max(most, running);
          order.push(index);
          await sleep(5);
          running -= 1;
          if (index === 1) throw new Error('failed');
        }),
      ),
    );
    expect(most).toBe(2);
    expect(order).toEqual([0, 1, 2, 3, 4]);
    expect(outcomes.map(({ status }) => status === 'fulfilled')).toEqual([true, false, true, true, true, false, false]);
    await expect(limit.run(() => Promise.resolve('free again'))).resolves.toBe('free again');
  });

  it('should let nobody wait longer than told, and lose no place over it', async () => {
    const limit = new ConcurrencyLimit({ maxRunning: 1, maxWaiting: 9, maxWaitMs: 500, busy: () => new Error('busy') });
    const slow = limit.run(() => sleep(1500, 'slow'));
    const waited = await Promise.allSettled([limit.run(() => sleep(1)), limit.run(() => sleep(1))]);
    expect(waited.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    await expect(slow).resolves.toBe('slow');
    const three = Array.from({ length: 3 }, (_, index) => limit.run(() => sleep(1, index)));
    await expect(Promise.all(three)).resolves.toEqual([0, 1, 2]);
  });
});
