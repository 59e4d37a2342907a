import fc from 'fast-check';
import { ProcessRuns } from './process-runs.js';

type Step = [processId: string, step: 'START' | 'END', time: number];

function run(steps: Step[], { now = 0, windowMs = 1000, startsBefore = Infinity } = {}) {
  const runs = new ProcessRuns(startsBefore);
  for (const [processId, step, time] of [...steps].sort((a, b) => a[2] - b[2])) runs.add(processId, step, time);
  return runs.figures(now, windowMs);
}

describe('ProcessRuns', () => {
  it('should tell ended, abandoned and running runs apart', () => {
    const steps: Step[] = [
      ['ended', 'START', 0],
      ['ended', 'START', 500],
      ['ended', 'END', 2000],
      ['ended', 'END', 9000],
      ['at once', 'END', 10],
      ['at once', 'START', 10],
      ['abandoned', 'START', 3999],
      ['running', 'START', 4000],
      ['end alone', 'END', 100],
      ['end before', 'END', 4000],
      ['end before', 'START', 4500],
    ];
    expect(run(steps, { now: 5000 })).toEqual({
      started: 5,
      ended: 2,
      abandoned: 1,
      inProgress: 2,
      medianSeconds: 1,
      p95Seconds: 2,
    });
  });

  it('should count no run that begins after the range, but the ends of earlier ones', () => {
    const steps: Step[] = [
      ['a', 'START', 0],
      ['b', 'START', 100],
      ['a', 'END', 150],
      ['b', 'END', 150],
    ];
    expect(run(steps, { startsBefore: 100 })).toMatchObject({ started: 1, ended: 1, medianSeconds: 0.15 });
  });

  it('should know nothing of no runs', () => {
    expect(run([])).toEqual({
      started: 0,
      ended: 0,
      abandoned: 0,
      inProgress: 0,
      medianSeconds: null,
      p95Seconds: null,
    });
  });

  it('should agree with looking at each run', () => {
    const step = fc.tuple(
      fc.integer({ min: 0, max: 300 }).map((run) => `r${run % 9}`),
      fc.constantFrom('START' as const, 'END' as const),
      fc.integer({ min: 0, max: 20 }),
    );
    fc.assert(
      fc.property(
        fc.array(step),
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 0, max: 20 }),
        (steps, now, windowMs) => {
          const seconds: number[] = [];
          let [started, inProgress] = [0, 0];
          for (const id of new Set(steps.map(([processId]) => processId))) {
            const times = (wanted: string) =>
              steps.filter(([processId, kind]) => processId === id && kind === wanted).map(([, , time]) => time);
            const start = Math.min(...times('START'));
            if (start === Infinity) continue;
            started++;
            const end = Math.min(...times('END').filter((time) => time >= start));
            if (end < Infinity) seconds.push((end - start) / 1000);
            else if (now <= start + windowMs) inProgress++;
          }
          seconds.sort((a, b) => a - b);
          const middle = [seconds[(seconds.length - 1) >> 1], seconds[seconds.length >> 1]];
          expect(run(steps, { now, windowMs })).toEqual({
            started,
            ended: seconds.length,
            abandoned: started - seconds.length - inProgress,
            inProgress,
            medianSeconds: seconds.length === 0 ? null : (middle[0]! + middle[1]!) / 2,
            p95Seconds: seconds[Math.ceil(0.95 * seconds.length) - 1] ?? null,
          });
        },
      ),
      { numRuns: 1000 },
    );
  });
});
