import { isDeadWorker, newWorkerId } from './worker-id.js';

describe('worker ids', () => {
  const self = newWorkerId();
  const [machine] = self.split('/');
  const alive = (pid: number) => pid === 41;

  it.each([
    ['itself', self, false],
    ['another worker of this very process', newWorkerId(), false],
    ['a process of this machine that lives', `${machine}/41/x`, false],
    ['a process of this machine that is gone', `${machine}/42/x`, true],
    ['an earlier process with the same id, as in a container', `${machine}/${process.pid}/x`, true],
    ['a process of another machine, whatever its id', 'other/42/x', false],
    ['something else', 'x', false],
  ])('should judge %s', (_, worker, dead) => {
    expect(isDeadWorker(worker, self, alive)).toBe(dead);
  });

  it('should see processes as they are', () => {
    expect(isDeadWorker(`${machine}/${process.ppid}/x`, self)).toBe(false);
    expect(isDeadWorker(`${machine}/4194305/x`, self)).toBe(true);
  });
});
