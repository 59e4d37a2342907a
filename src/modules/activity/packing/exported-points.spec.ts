import { BOOLEAN, FLOAT, INTEGER, STRING } from '../line-protocol/field-type.js';
import type { Tag } from '../line-protocol/series.js';
import { exportedPoints } from './exported-points.js';
import { PointColumns } from './point-columns.js';

describe('exportedPoints', () => {
  it('should give each point its own fields, with times to the nanosecond and long integers as text', () => {
    const points = new PointColumns();
    const first = points.add(points.positionOf([['app', 'VS Code']]), 1763369520000, 1);
    points.field('title', STRING).setText(first, 'main.ts');
    points.field('duration', FLOAT).setNumber(first, 1.5, null);
    const second = points.add(points.positionOf([]), 1763369520001, 0);
    points.field('duration', FLOAT).setNumber(second, 2, null);
    points.field('count', INTEGER).setNumber(second, Number(2n ** 62n), 2n ** 62n);
    points.field('afk', BOOLEAN).setNumber(second, 1, null);
    expect([...exportedPoints(points, 'Turbo', 'ben', 'window_activity')]).toEqual([
      {
        org: 'Turbo',
        measurement: 'window_activity',
        tags: { user: 'ben', app: 'VS Code' },
        fields: { title: 'main.ts', duration: 1.5 },
        time: '2025-11-17T08:52:00.000000001Z',
      },
      {
        org: 'Turbo',
        measurement: 'window_activity',
        tags: { user: 'ben' },
        fields: { duration: 2, count: '4611686018427387904', afk: true },
        time: '2025-11-17T08:52:00.001Z',
      },
    ]);
  });

  it('should keep tags and fields that are named like what every object has', () => {
    const points = new PointColumns();
    const tags: Tag[] = [
      ['__proto__', 'a'],
      ['constructor', 'b'],
    ];
    const row = points.add(points.positionOf(tags), 0, 0);
    points.field('__proto__', STRING).setText(row, 'c');
    const [point] = exportedPoints(points, 'Turbo', '', 'window_activity');
    expect(JSON.stringify(point!.tags)).toBe('{"__proto__":"a","constructor":"b"}');
    expect(JSON.stringify(point!.fields)).toBe('{"__proto__":"c"}');
  });
});
