import { jest } from '@jest/globals';
import { ProjectCache } from './project-cache.js';
import type { ProjectRow } from './project-row.js';

const project = (name: string): ProjectRow => ({
  projectKey: 'a1b2c3d4e5f6',
  name,
  ownerId: 'u1',
  createdAt: new Date(0),
  isActive: true,
});

describe('ProjectCache', () => {
  it('should read once within a second, for known and unknown keys, and again after it', async () => {
    let now = 0;
    const load = jest.fn((key: string) => Promise.resolve(key === 'known' ? project('A') : null));
    const cache = new ProjectCache(load, () => now);
    for (now of [0, 500, 999]) {
      expect(await cache.get('known')).toEqual(project('A'));
      expect(await cache.get('unknown')).toBeNull();
    }
    expect(load).toHaveBeenCalledTimes(2);
    now = 1000;
    await cache.get('known');
    expect(load).toHaveBeenCalledTimes(3);
  });

  it('should share one read among parallel callers', async () => {
    const load = jest.fn(() => Promise.resolve(project('A')));
    const cache = new ProjectCache(load);
    await Promise.all(Array.from({ length: 50 }, async () => cache.get('k')));
    expect(load).toHaveBeenCalledTimes(1);
  });

  it('should not keep what was read before a change', async () => {
    const answers: ((row: ProjectRow) => void)[] = [];
    const cache = new ProjectCache(() => new Promise((resolve) => answers.push(resolve)));
    const before = cache.get('k');
    cache.forget('k');
    answers[0]?.(project('old'));
    expect((await before)?.name).toBe('old');
    const after = cache.get('k');
    answers[1]?.(project('new'));
    expect((await after)?.name).toBe('new');
  });

  it('should not keep a failure', async () => {
    const load = jest
      .fn<() => Promise<ProjectRow>>()
      .mockRejectedValueOnce(new Error('down'))
      .mockResolvedValue(project('A'));
    const cache = new ProjectCache(load);
    await expect(cache.get('k')).rejects.toThrow('down');
    expect(await cache.get('k')).toEqual(project('A'));
  });
});
