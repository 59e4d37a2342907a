import { LRUCache } from 'lru-cache';
import type { LineReader } from '../line-protocol/line-reader.js';
import { parseSeries, seriesKey, tagOf, type Series, type Tag } from '../line-protocol/series.js';

/** Bytes of the lines' own text: collectors send the same series again and again. */
const MAX_REMEMBERED_BYTES = 4 * 1024 * 1024;
/** What an entry takes besides, about. */
const ENTRY_BYTES = 512;

/** A measurement with its tags, and whose it is. */
export interface ReadSeries extends Series {
  /** The tag `org`; `null`: there is none. */
  org: string | null;
  /** The tag `user`; empty: there is none. */
  user: string;
  /** The tags but for those two. */
  others: readonly Tag[];
  /** Differs for different `others`. */
  othersKey: string;
}

/** What the series of all bodies were read as, by their text. */
export class SeriesMemory {
  private readonly series = new LRUCache<string, ReadSeries | string>({
    maxSize: MAX_REMEMBERED_BYTES,
    sizeCalculation: (_, text) => text.length + ENTRY_BYTES,
  });

  /** @param text one character a byte. @returns why it is none, as the end of a sentence. */
  read(text: string): ReadSeries | string {
    let series = this.series.get(text);
    if (series === undefined) {
      series = parse(Buffer.from(text, 'latin1').toString('utf8'));
      this.series.set(text, series);
    }
    return series;
  }
}

function parse(text: string): ReadSeries | string {
  const series = parseSeries(text);
  if (typeof series === 'string') return series;
  const others = series.tags.filter(([key]) => key !== 'org' && key !== 'user');
  return {
    ...series,
    org: tagOf(series, 'org') ?? null,
    user: tagOf(series, 'user') ?? '',
    others,
    othersKey: seriesKey(others),
  };
}

interface Place<T> {
  start: number;
  length: number;
  value: T;
}

/**
 * What is known of the series of one body, found by the bytes of a line without making a text of them: a body has
 * thousands of lines and some hundred series.
 */
export class BodySeries<T> {
  /** The first series with each hash. Others with the same hash are rare, unless somebody makes them on purpose. */
  private readonly places = new Map<number, Place<T>>();
  private readonly others = new Map<string, T>();

  /** @param open makes what is kept for a series that is new. */
  of(reader: LineReader, open: (text: string) => T): T {
    const { start, seriesEnd, seriesHash } = reader;
    const place = this.places.get(seriesHash);
    if (place !== undefined && isSame(reader, place)) return place.value;
    const text = reader.series;
    if (place === undefined) {
      const value = open(text);
      this.places.set(seriesHash, { start, length: seriesEnd - start, value });
      return value;
    }
    let value = this.others.get(text);
    if (value === undefined) this.others.set(text, (value = open(text)));
    return value;
  }
}

function isSame({ bytes, start, seriesEnd }: LineReader, place: { start: number; length: number }): boolean {
  if (seriesEnd - start !== place.length) return false;
  // From the end: series that differ mostly do so in their tags.
  for (let i = place.length - 1; i >= 0; i--) if (bytes[start + i] !== bytes[place.start + i]) return false;
  return true;
}
