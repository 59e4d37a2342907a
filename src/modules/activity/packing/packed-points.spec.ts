import fc from 'fast-check';
import { BOOLEAN, FLOAT, INTEGER, STRING, UNSIGNED, type FieldType } from '../line-protocol/field-type.js';
import type { Tag } from '../line-protocol/series.js';
import { packPoints, unpackPoints } from './packed-points.js';
import { PointColumns } from './point-columns.js';

type Value = number | bigint | boolean | string;

interface Point {
  tags: Tag[];
  ms: number;
  nanos: number;
  fields: Record<string, Value>;
}

const TYPES: Record<string, FieldType> = { float: FLOAT, int: INTEGER, uint: UNSIGNED, bool: BOOLEAN, text: STRING };

const values = {
  float: fc.oneof(fc.double({ noNaN: true, noDefaultInfinity: true }), fc.nat(100_000)),
  int: fc.oneof(fc.integer(), fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })),
  uint: fc.oneof(fc.nat(), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
  bool: fc.boolean(),
  text: fc.string({ unit: 'grapheme', maxLength: 8 }).filter((text) => text.isWellFormed()),
};

const tags = fc.constantFrom<Tag[]>(
  [],
  [['app', 'VS Code']],
  [
    ['app', 'VS Code'],
    ['host', 'ä'],
  ],
  [['host', 'VS Code']],
);

const point: fc.Arbitrary<Point> = fc.record({
  tags,
  // Few, so that the same point often comes again.
  ms: fc.constantFrom(0, -1, 5, 1763369520000, 1763369520001, -9_223_372_036_855, 9_223_372_036_854),
  nanos: fc.constantFrom(0, 0, 0, 1, 999_999),
  fields: fc.record(values, { requiredKeys: [] }).filter((fields) => Object.keys(fields).length > 0),
});

function columnsOf(points: readonly Point[]): PointColumns {
  const columns = new PointColumns();
  for (const { tags: own, ms, nanos, fields } of points) {
    const row = columns.add(columns.positionOf(own), ms, nanos);
    for (const [name, value] of Object.entries(fields)) {
      const field = columns.field(name, TYPES[name]!);
      if (typeof value === 'string') field.setText(row, value);
      else {
        const number = Number(value);
        field.setNumber(row, number, Number.isSafeInteger(number) || typeof value !== 'bigint' ? null : value);
      }
    }
  }
  return columns;
}

function pointsOf(columns: PointColumns): Point[] {
  return Array.from({ length: columns.count }, (_, row) => ({
    tags: [...columns.series[columns.seriesOf[row]!]!],
    ms: columns.ms[row]!,
    nanos: columns.nanos[row]!,
    fields: Object.fromEntries(
      columns.fields
        .filter((field) => field.has(row))
        .map((field) => {
          if (field.isText) return [field.name, field.textAt(row)!];
          if (field.type === BOOLEAN) return [field.name, field.numberAt(row) === 1];
          return [field.name, field.wide.get(row) ?? field.numberAt(row)];
        }),
    ),
  }));
}

/** What a reader expects: numbers that fit are numbers. */
function normal({ fields, ...rest }: Point): Point {
  const entries = Object.entries(fields).map(([name, value]) => {
    const isShort = typeof value === 'bigint' && Number.isSafeInteger(Number(value));
    return [name, isShort ? Number(value) : value] as const;
  });
  return { ...rest, fields: Object.fromEntries(entries) };
}

const keyOf = ({ tags: own, ms, nanos }: Point): string => JSON.stringify([own, ms, nanos]);

/** Fields united, the last value of each. */
function unitedNaively(points: readonly Point[]): Map<string, Point> {
  const united = new Map<string, Point>();
  for (const one of points) {
    const before = united.get(keyOf(one));
    united.set(keyOf(one), { ...one, fields: { ...before?.fields, ...one.fields } });
  }
  return united;
}

const byKey = (points: readonly Point[]): Map<string, Point> => new Map(points.map((one) => [keyOf(one), one]));

describe('packed points', () => {
  it('should come back as they were', () => {
    fc.assert(
      fc.property(fc.array(point, { maxLength: 40 }), (points) => {
        expect(pointsOf(unpackPoints(packPoints(columnsOf(points))))).toEqual(points.map(normal));
      }),
      { numRuns: 500 },
    );
  });

  it('should come back with the wanted fields alone', () => {
    fc.assert(
      fc.property(fc.array(point, { maxLength: 20 }), fc.subarray(Object.keys(values)), (points, wanted) => {
        const expected = points.map(normal).map(({ fields, ...rest }) => ({
          ...rest,
          fields: Object.fromEntries(Object.entries(fields).filter(([name]) => wanted.includes(name))),
        }));
        expect(pointsOf(unpackPoints(packPoints(columnsOf(points)), new Set(wanted)))).toEqual(expected);
      }),
    );
  });

  it('T19 should be one point for each series and time, with its last values, however they were written', () => {
    fc.assert(
      fc.property(fc.array(fc.array(point, { maxLength: 15 }), { minLength: 1, maxLength: 4 }), (batches) => {
        const [first = [], ...later] = batches;
        const all = unpackPoints(packPoints(columnsOf(first).united()));
        for (const batch of later) all.append(unpackPoints(packPoints(columnsOf(batch).united())));
        const expected = unitedNaively(batches.flat().map(normal));
        const united = pointsOf(all.united());
        expect(united.length).toBe(expected.size);
        expect(byKey(united)).toEqual(expected);
      }),
      { numRuns: 500 },
    );
  });

  it('should take little room for fields that few points have, and come back with them', () => {
    const points = Array.from({ length: 2000 }, (_, i) => ({
      tags: [] as Tag[],
      ms: 1763369520000 + i * 1000,
      nanos: 0,
      fields: { [`f${i % 300}`]: i, ...(i % 3 === 0 && { some: 1.5 }) },
    }));
    const columns = new PointColumns();
    for (const { ms, fields } of points) {
      const row = columns.add(columns.positionOf([]), ms, 0);
      for (const [name, value] of Object.entries(fields)) columns.field(name, FLOAT).setNumber(row, value, null);
    }
    const packed = packPoints(columns);
    // The points themselves take about nine bytes each, and every third another eight.
    expect(packed.length).toBeLessThan(30_000);
    const back = unpackPoints(packed);
    expect(pointsOf(back)).toEqual(points);
    const reversed = back.inOrder(points.map((_, row) => row).reverse());
    expect(pointsOf(reversed)).toEqual([...points].reverse());
    back.append(reversed);
    expect(pointsOf(back.united())).toEqual(points);
  });

  it('should stay the same points in another order', () => {
    fc.assert(
      fc.property(fc.array(point, { maxLength: 20 }), (points) => {
        const columns = columnsOf(points);
        const rows = points.map((_, row) => row).reverse();
        expect(pointsOf(columns.inOrder(rows))).toEqual(points.map(normal).reverse());
      }),
    );
  });

  it('should be short for what collectors write', () => {
    const points = Array.from({ length: 1000 }, (_, i) => ({
      tags: [['app', `App ${i % 7}`] as const],
      ms: 1763369520000 + i * 27_000,
      nanos: 0,
      fields: { float: i % 600, text: `Document ${i % 50} of the project - Editor` },
    }));
    expect(packPoints(columnsOf(points)).length).toBeLessThan(11_000);
  });

  it('should refuse other bytes with a RangeError, and never run on', () => {
    const good = packPoints(columnsOf([{ tags: [['a', 'b']], ms: 5, nanos: 3, fields: { float: 1.5, text: 'x' } }]));
    expect(() => unpackPoints(Buffer.alloc(0))).toThrow(RangeError);
    expect(() => unpackPoints(Buffer.from([9, 1, 2]))).toThrow('unknown format');
    for (let length = 1; length < good.length; length++) {
      expect(() => unpackPoints(good.subarray(0, length))).toThrow(RangeError);
    }
  });
});
