import { LineReader } from '../line-protocol/line-reader.js';
import { BodySeries, SeriesMemory } from './known-series.js';

/** What `BodySeries` gives for each line, where each series is a number in the order of their first lines. */
function numbersOf(lines: readonly string[], hash?: number): number[] {
  const reader = new LineReader(Buffer.from(lines.join('\n')), 'ns');
  const known = new BodySeries<number>();
  const numbers: number[] = [];
  let next = 0;
  while (reader.next()) {
    if (hash !== undefined) reader.seriesHash = hash;
    numbers.push(known.of(reader, () => next++));
  }
  return numbers;
}

const LINES = ['m,a=1 f=1', 'm,a=2 f=1', 'm,a=1 f=2 5', 'm f=1', 'm,a=12 f=1', 'm,a=2 f=9', 'm f=7'];

describe('BodySeries', () => {
  it.each([
    ['each with a hash of its own', undefined],
    ['all with the same hash', 7],
  ])('should know series by their bytes, %s', (_, hash) => {
    expect(numbersOf(LINES, hash)).toEqual([0, 1, 0, 2, 3, 1, 2]);
  });
});

describe('SeriesMemory', () => {
  it('should give the owner and the other tags of a series, the same each time', () => {
    const memory = new SeriesMemory();
    const text = Buffer.from('m,b=ü,user=ben,org=Turbo,a=1').toString('latin1');
    const series = memory.read(text);
    expect(series).toMatchObject({
      measurement: 'm',
      org: 'Turbo',
      user: 'ben',
      others: [
        ['a', '1'],
        ['b', 'ü'],
      ],
    });
    expect(memory.read(text)).toBe(series);
    expect(memory.read('m')).toMatchObject({ org: null, user: '', others: [] });
    expect(memory.read('m,a=')).toBe('the tag a has no value');
  });
});
