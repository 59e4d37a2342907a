import { overlapping, periodFigures } from './whoop-metrics-figures.js';

const at = (text: string) => Date.parse(`2026-01-14T${text}:00Z`);

describe('overlapping', () => {
  it.each([
    [
      [
        ['18:00', '19:32'],
        ['18:07', '19:31'],
      ],
      1,
    ],
    [
      [
        ['18:07', '19:31'],
        ['18:00', '19:32'],
        ['18:10', '19:00'],
      ],
      2,
    ],
    [
      [
        ['18:00', '19:00'],
        ['19:00', '20:00'],
      ],
      0,
    ],
    [
      [
        ['18:00', '19:00'],
        ['18:55', '20:00'],
      ],
      0,
    ],
    [
      [
        ['18:00', '19:00'],
        ['18:00', '19:00'],
      ],
      1,
    ],
    [[], 0],
  ])('should count in %j the recordings of one activity that are too many', (spans, count) => {
    const workouts = spans.map(([start, end], i) => ({
      workoutId: String(i),
      startTime: at(start!),
      endTime: at(end!),
    }));
    expect(overlapping(workouts)).toBe(count);
    expect(overlapping(workouts.reverse())).toBe(count);
  });
});

describe('periodFigures', () => {
  it('should be 0 where nothing is scored', () => {
    const figures = periodFigures({
      recoveries: [{ recoveryScore: null } as never],
      sleeps: [{ lightMs: null, slowWaveMs: null, remMs: null, sleepPerformance: null } as never],
      cycles: [{ strain: null } as never],
      workouts: [],
    });
    expect(figures).toEqual({
      recovery: { average: 0, max: 0, min: 0, records: 1, green: 0, yellow: 0, red: 0 },
      sleep: { averageHours: 0, averagePerformance: 0, records: 1 },
      strain: { averageDaily: 0, maxDaily: 0, workouts: 0, averageWorkout: 0, overlapping: 0 },
    });
  });

  it('should colour the bounds as WHOOP does', () => {
    const recoveries = [0, 33, 34, 66, 67, 100].map((recoveryScore) => ({ recoveryScore }) as never);
    const { recovery } = periodFigures({ recoveries, sleeps: [], cycles: [], workouts: [] });
    expect(recovery).toEqual({ average: 50, max: 100, min: 0, records: 6, green: 2, yellow: 2, red: 2 });
  });
});
