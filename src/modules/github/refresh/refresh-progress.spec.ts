import { progressOf } from './refresh-progress.js';

it.each([
  ['queued', null, 0, 0, 0],
  ['running', 0, 0, 0, 0],
  ['running', 3, 1, 0, 33.3],
  ['running', 3, 1, 500, 50],
  ['running', 3, 2, 1000, 100],
  ['failed', 3, 1, 0, 33.3],
  ['completed', 0, 0, 0, 100],
  ['partial', 3, 3, 0, 100],
] as const)(
  'should be %s with %p repositories, %i of them and %i ‰ done: %d %%',
  (status, total, done, share, percent) => {
    const job = { status, totalRepositories: total, repositoriesProcessed: done, currentShare: share };
    expect(progressOf(job)).toBe(percent);
  },
);
