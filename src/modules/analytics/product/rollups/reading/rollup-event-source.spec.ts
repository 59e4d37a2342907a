import type { EventSource } from '../../event-source.js';
import { RollupEventSource } from './rollup-event-source.js';
import { StaleRollupsError } from './stale-rollups.error.js';

const ANY_TIME = { from: null, toExclusive: null };

/** Says how many events there are, or that it is out of date. */
function sourceOf(kind: EventSource['kind'], count: number | 'stale'): EventSource {
  const answer = <T>(value: T): Promise<T> =>
    count === 'stale' ? Promise.reject(new StaleRollupsError()) : Promise.resolve(value);
  return {
    kind,
    countByName: () => answer([{ eventName: 'open', count: Number(count) }]),
    countPersons: () => answer({ total: Number(count), converted: 0 }),
    stream: () => ({
      names: [],
      groups: [],
      persons: 0,
      // eslint-disable-next-line require-yield -- only whether it can be read matters
      async *batches() {
        await answer(0);
      },
    }),
  } as Partial<EventSource> as EventSource;
}

describe('RollupEventSource', () => {
  it('should say where the answers come from when it had to be opened again', async () => {
    const source = new RollupEventSource(sourceOf('rollup', 'stale'), () => Promise.resolve(sourceOf('raw', 5)));
    expect(source.kind).toBe('rollup');
    expect(await source.countPersons(ANY_TIME)).toEqual({ total: 5, converted: 0 });
    expect(source.kind).toBe('raw');
  });

  it('should give all questions that were out of date the same new answers', async () => {
    let opened = 1;
    const source = new RollupEventSource(sourceOf('rollup', 'stale'), () =>
      Promise.resolve(sourceOf('rollup', ++opened)),
    );
    const stream = source.stream(ANY_TIME);
    const [names, persons] = await Promise.all([source.countByName(ANY_TIME), source.countPersons(ANY_TIME)]);
    expect(names[0]!.count).toBe(persons.total);
    // It was opened when the others were, and is told that it is out of date only now.
    for await (const batch of stream.batches()) expect(batch).toBeUndefined();
    expect(await source.countPersons(ANY_TIME)).toEqual(persons);
  });
});
