import { printable, unescapeName } from './line-reader.js';

export type Tag = readonly [key: string, value: string];

/** What a line says before its fields. */
export interface Series {
  measurement: string;
  /** Sorted by key, unescaped. */
  tags: readonly Tag[];
}

/**
 * @param text as it stands in the line, decoded.
 * @returns why it is none, as the end of a sentence.
 */
export function parseSeries(text: string): Series | string {
  const parts = splitUnescaped(text, ',');
  const measurement = unescapeName(parts[0]!);
  if (measurement === '') return 'it has no measurement';
  if (measurement.startsWith('_')) return `the measurement ${printable(measurement, 64)} is reserved: it begins with _`;
  const tags: Tag[] = [];
  for (const part of parts.slice(1)) {
    const tag = parseTag(part);
    if (typeof tag === 'string') return tag;
    tags.push(tag);
  }
  tags.sort(([a], [b]) => (a < b ? -1 : 1));
  for (let i = 1; i < tags.length; i++) {
    if (tags[i]![0] === tags[i - 1]![0]) return `it has the tag ${printable(tags[i]![0], 64)} twice`;
  }
  return { measurement, tags };
}

/** Names that InfluxDB keeps for itself. Why a tag or a field must not be called so, or `null`. */
export function nameFault(kind: 'tag' | 'field', name: string): string | null {
  if (name.startsWith('_')) return `the ${kind} ${printable(name, 64)} is reserved: it begins with _`;
  if (name === 'time') return `the ${kind} time is reserved`;
  return null;
}

export function tagOf({ tags }: Series, name: string): string | undefined {
  return tags.find(([key]) => key === name)?.[1];
}

/** Differs for different sets of tags, which are sorted. Neither part holds a NUL. */
export function seriesKey(tags: readonly Tag[]): string {
  let key = '';
  for (const [name, value] of tags) key += `${name}\0${value}\0`;
  return key;
}

function parseTag(text: string): Tag | string {
  const [rawKey = '', rawValue, ...rest] = splitUnescaped(text, '=');
  const key = unescapeName(rawKey);
  if (key === '') return 'a tag has no name';
  const name = printable(key, 64);
  if (rawValue === undefined || rawValue === '') return `the tag ${name} has no value`;
  if (rest.length > 0) return `the value of the tag ${name} holds an = without a \\ before it`;
  return nameFault('tag', key) ?? [key, unescapeName(rawValue)];
}

const ESCAPABLE = new Set([',', '=', ' ']);

function splitUnescaped(text: string, separator: string): string[] {
  if (!text.includes('\\')) return text.split(separator);
  const parts: string[] = [];
  let start = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '\\' && ESCAPABLE.has(text[at + 1]!)) at++;
    else if (text[at] === separator) {
      parts.push(text.slice(start, at));
      start = at + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}
