import { setTimeout as sleep } from 'node:timers/promises';
import { Turns } from './turns.js';

describe('Turns', () => {
  it('should let work with one key wait for what came before, failed or not, and no other work', async () => {
    const turns = new Turns();
    const done: string[] = [];
    const work = (name: string, ms: number) => async () => {
      await sleep(ms);
      done.push(name);
      return name;
    };
    const failing = turns.take('a', async () => {
      await work('a1', 30)();
      throw new Error('failed');
    });
    const results = [turns.take('a', work('a2', 1)), turns.take('b', work('b', 1)), turns.take('a', work('a3', 0))];
    await expect(failing).rejects.toThrow('failed');
    expect(await Promise.all(results)).toEqual(['a2', 'b', 'a3']);
    expect(done).toEqual(['b', 'a1', 'a2', 'a3']);
  });
});
