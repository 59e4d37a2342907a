import fc from 'fast-check';
import { MAX_INSTANT, parseInstant } from './instant.js';

const iso = (text: unknown) => {
  const instant = parseInstant(text);
  return instant === null ? null : new Date(instant).toISOString();
};

describe('parseInstant', () => {
  it.each([
    ['2025-01-06T10:00:00Z', '2025-01-06T10:00:00.000Z'],
    ['2025-01-06T10:00:00.5Z', '2025-01-06T10:00:00.500Z'],
    ['2025-01-06T10:00:00.123456789Z', '2025-01-06T10:00:00.123Z'],
    ['2025-01-06T10:00:00,25+02:00', '2025-01-06T08:00:00.250Z'],
    ['2025-01-06t10:00:00z', '2025-01-06T10:00:00.000Z'],
    ['2025-01-06T10:00:00+0530', '2025-01-06T04:30:00.000Z'],
    ['2025-01-06T10:00:00-08', '2025-01-06T18:00:00.000Z'],
    ['2025-01-06 10:00:00 +05:45', '2025-01-06T04:15:00.000Z'],
    ['2025-01-06 10:00:00 UTC', '2025-01-06T10:00:00.000Z'],
    ['2025-01-06 10:00', '2025-01-06T10:00:00.000Z'],
    ['2025-01-06', '2025-01-06T00:00:00.000Z'],
    ['2024-02-29', '2024-02-29T00:00:00.000Z'],
    ['0001-01-01T00:00:00Z', '0001-01-01T00:00:00.000Z'],
    ['1969-12-31T23:59:59.999Z', '1969-12-31T23:59:59.999Z'],
    ['2025-12-31T24:00:00Z', '2026-01-01T00:00:00.000Z'],
    ['2016-12-31T23:59:60Z', '2016-12-31T23:59:59.000Z'],
    ['+275760-09-13T00:00:00Z', '+275760-09-13T00:00:00.000Z'],
    ['-000001-01-01T00:00:00Z', '-000001-01-01T00:00:00.000Z'],
    ['1736157600000', '2025-01-06T10:00:00.000Z'],
    ['0', '1970-01-01T00:00:00.000Z'],
    [1736157600000, '2025-01-06T10:00:00.000Z'],
    [1736157600000.9, '2025-01-06T10:00:00.000Z'],
    [0, '1970-01-01T00:00:00.000Z'],
    [-1, '1969-12-31T23:59:59.999Z'],
  ])('should read %p', (text, expected) => {
    expect(iso(text)).toBe(expected);
  });

  it.each([
    '2025-02-29',
    '2025-02-30T00:00:00Z',
    '2025-13-01',
    '2025-00-10',
    '2025-01-00',
    '2025-04-31',
    '1900-02-29',
    '2025-01-06T25:00:00Z',
    '2025-01-06T24:00:01Z',
    '2025-01-06T24:00:00.0001Z',
    '2025-01-06T10:60:00Z',
    '2025-01-06T10:00:61Z',
    '2025-01-06T10:00:00+24:00',
    '2025-01-06T10:00:00+02:60',
    '2025-01-06T10:00:00+2',
    '2025-01-06T10:00:00 02:00',
    '2025-01-06T10:00:00.Z',
    '2025-01-06T10:00:00Z ',
    '2025-01-06T10',
    '2025-01-06T',
    '2025-01-06Z',
    '2025-1-6',
    '2025-01-1',
    '20',
    '202',
    '2025',
    '2025-',
    '2025-0',
    '2025-01',
    '20250106',
    '06.01.2025',
    'now',
    '',
    ' ',
    '-',
    'NaN',
    'Infinity',
    '1e15',
    '-000000-01-01',
    '+275760-09-13T00:00:00.001Z',
    '8640000000000001',
    '２０２５-01-06',
    `2025-01-06T10:00:00.${'0'.repeat(80)}Z`,
    NaN,
    Infinity,
    8.64e15 + 1,
    null,
    undefined,
    true,
    {},
    [],
    ['2025-01-06'],
    new Date(0),
    10n,
  ])('should refuse %p', (text) => {
    expect(parseInstant(text)).toBeNull();
  });

  it('should read every instant back from its ISO text', () => {
    fc.assert(
      fc.property(fc.integer({ min: -MAX_INSTANT, max: MAX_INSTANT }), (instant) => {
        expect(parseInstant(new Date(instant).toISOString())).toBe(instant);
      }),
      { examples: [[MAX_INSTANT], [-MAX_INSTANT], [0], [-1], [951_782_400_000]] },
    );
  });

  it('should agree with Date on which calendar dates exist and on offsets', () => {
    const two = (max: number) => fc.integer({ min: 0, max }).map((n) => String(n).padStart(2, '0'));
    const year = fc.integer({ min: 1, max: 9999 }).map((n) => String(n).padStart(4, '0'));
    fc.assert(
      fc.property(
        year,
        two(14),
        two(33),
        two(23),
        two(59),
        two(59),
        fc.constantFrom('+', '-'),
        two(23),
        two(59),
        (...parts) => {
          const [y, mo, d, h, mi, s, sign, oh, om] = parts;
          const date = new Date(`${y}-${mo}-${d}T00:00:00Z`);
          const exists = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(`${y}-${mo}-${d}`);
          const text = `${y}-${mo}-${d}T${h}:${mi}:${s}${sign}${oh}:${om}`;
          expect(parseInstant(text)).toBe(exists ? new Date(text).getTime() : null);
        },
      ),
      { numRuns: 1000 },
    );
  });
});
