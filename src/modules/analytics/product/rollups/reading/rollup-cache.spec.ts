import type { ActorTable } from '../format/actor-table.js';
import { RollupCache } from './rollup-cache.js';

const projectWith = (persons: number) => ({
  actors: { table: { size: persons } as ActorTable, generation: 'g', rev: 1 },
});

describe('RollupCache', () => {
  it('should keep several projects with a million persons each, by default', () => {
    const cache = new RollupCache({ cacheMegabytes: 96 });
    for (const key of ['p1', 'p2', 'p3']) cache.setProject(key, projectWith(1_000_000));
    expect(['p1', 'p2', 'p3'].map((key) => cache.project(key)?.actors?.table.size)).toEqual([1e6, 1e6, 1e6]);
  });

  it('should keep a project that is larger than all that is allowed, alone', () => {
    const cache = new RollupCache({ cacheMegabytes: 8 });
    for (const key of ['p1', 'p2']) cache.setProject(key, projectWith(8_000_000));
    expect([cache.project('p1'), cache.project('p2')]).toEqual([undefined, projectWith(8_000_000)]);
  });
});
