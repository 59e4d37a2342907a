import { InvalidInputError } from '../errors/domain.error.js';
import { echoRange, parseRange } from './range.js';

const at = (text: string) => Date.parse(text);

describe('parseRange', () => {
  it('should be open without bounds', () => {
    for (const input of [{}, { from: '', to: '' }, { from: null, to: undefined }, { from: '  ' }]) {
      expect(parseRange(input, 'UTC')).toEqual({ from: null, toExclusive: null });
    }
  });

  it('should include the whole local day of a `to` without a time', () => {
    expect(parseRange({ to: '2025-01-10' }, 'UTC').toExclusive).toBe(at('2025-01-11T00:00:00Z'));
    expect(parseRange({ to: '2025-01-10' }, 'Asia/Kathmandu').toExclusive).toBe(at('2025-01-10T18:15:00Z'));
    expect(parseRange({ from: '2025-10-26', to: '2025-10-26' }, 'Europe/Berlin')).toEqual({
      from: at('2025-10-25T22:00:00Z'),
      toExclusive: at('2025-10-26T23:00:00Z'),
    });
    expect(parseRange({ from: '2025-04-25', to: '2025-04-25' }, 'Africa/Cairo')).toEqual({
      from: at('2025-04-24T22:00:00Z'),
      toExclusive: at('2025-04-25T21:00:00Z'),
    });
  });

  it('should include the very instant of a `to` with a time', () => {
    expect(parseRange({ from: '2025-01-10T10:00:00Z', to: '2025-01-10T10:00:00Z' }, 'Europe/Berlin')).toEqual({
      from: at('2025-01-10T10:00:00Z'),
      toExclusive: at('2025-01-10T10:00:00.001Z'),
    });
    expect(parseRange({ to: '1736503200000' }, 'UTC').toExclusive).toBe(1736503200001);
    expect(parseRange({ to: 1736503200000 }, 'UTC').toExclusive).toBe(1736503200001);
  });

  it('should take a naive time as UTC whatever the zone', () => {
    expect(parseRange({ from: '2025-01-10T10:00:00' }, 'Asia/Tokyo').from).toBe(at('2025-01-10T10:00:00Z'));
  });

  it('should repair a plus sign that arrived as a space', () => {
    expect(parseRange({ from: '2025-01-10T10:00:00 02:00' }, 'UTC').from).toBe(at('2025-01-10T08:00:00Z'));
    expect(parseRange({ from: '2025-01-10T10:00:00.5 0530' }, 'UTC').from).toBe(at('2025-01-10T04:30:00.500Z'));
    expect(parseRange({ from: '2025-01-10 10:00' }, 'UTC').from).toBe(at('2025-01-10T10:00:00Z'));
    expect(echoRange({ from: '2025-01-10T10:00:00 02:00', to: '' })).toEqual({
      from: '2025-01-10T10:00:00+02:00',
      to: null,
    });
  });

  it.each([
    '2',
    '2025',
    '2025-',
    '2025-0',
    '2025-01',
    '2025-01-1',
    '2025-02-30',
    '2025-01-10T',
    '2025-01-10T1',
    '2025-01-10T10:0',
    'yesterday',
    '[object Object]',
    '1736503200000000',
    '-8640000000000000',
    '+012025-01-01T00:00:00Z',
    true,
    {},
    ['2025-01-10'],
    NaN,
  ])('should refuse %p with a sentence', (from) => {
    expect(() => parseRange({ from }, 'UTC')).toThrow(InvalidInputError);
    expect(() => parseRange({ to: from }, 'UTC')).toThrow('`to` is not a date or time');
  });

  it.each([
    ['2025-01-11', '2025-01-10'],
    ['2025-01-10T10:00:00Z', '2025-01-10T09:59:59.999Z'],
    ['2025-01-11', '2025-01-10T23:59:59.999Z'],
    ['2025-01-11T00:00:00Z', '2025-01-10'],
  ])('should refuse from %s to %s', (from, to) => {
    expect(() => parseRange({ from, to }, 'UTC')).toThrow('`from` must not be after `to`');
  });

  it('should allow a day and a time within it', () => {
    expect(() => parseRange({ from: '2025-01-10T20:00:00Z', to: '2025-01-10' }, 'UTC')).not.toThrow();
    expect(() => parseRange({ from: '2025-01-10', to: '2025-01-10T00:00:00Z' }, 'UTC')).not.toThrow();
  });
});
