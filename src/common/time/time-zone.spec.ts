import { validateSync } from 'class-validator';
import { IsTimeZone, isTimeZone } from './time-zone.js';

describe('isTimeZone', () => {
  it.each([
    'UTC',
    'Europe/Berlin',
    'europe/berlin',
    'Asia/Kolkata',
    'Asia/Kathmandu',
    'America/Argentina/Buenos_Aires',
    'Etc/GMT+5',
  ])('should accept %p', (zone) => expect(isTimeZone(zone)).toBe(true));

  it.each([
    '',
    'Z',
    '+02:00',
    'Mars/Olympus',
    'Europe/Berlin ',
    '2025-01-01[Europe/Berlin]',
    'A'.repeat(80),
    null,
    undefined,
    2,
    ['UTC'],
  ])('should refuse %p', (zone) => expect(isTimeZone(zone)).toBe(false));
});

describe('IsTimeZone', () => {
  class Query {
    @IsTimeZone()
    tz: unknown;
  }

  it('should name the property in its message', () => {
    const query = Object.assign(new Query(), { tz: 'Berlin' });
    expect(validateSync(query)[0]?.constraints).toEqual({
      isTimeZone: 'tz must be an IANA time zone, for example Europe/Berlin',
    });
    expect(validateSync(Object.assign(new Query(), { tz: 'Europe/Berlin' }))).toEqual([]);
  });
});
