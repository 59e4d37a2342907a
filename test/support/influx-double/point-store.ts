// What the double keeps. Its parser of lines is written anew, character by character, so that a mistake in ours shows.

export type FieldValue =
  | { type: 'double'; value: number }
  | { type: 'long'; value: bigint }
  | { type: 'unsignedLong'; value: bigint }
  | { type: 'boolean'; value: boolean }
  | { type: 'string'; value: string };

export interface StoredPoint {
  measurement: string;
  /** Sorted by key. */
  tags: [string, string][];
  /** Nanoseconds. */
  time: bigint;
  fields: Map<string, FieldValue>;
}

const NANOS: Record<string, bigint> = { ns: 1n, us: 1000n, ms: 1_000_000n, s: 1_000_000_000n };

/** InfluxDB keeps what it can of a body and tells of the rest. */
export class LineRefusedError extends Error {}

export class PointStore {
  private readonly points = new Map<string, StoredPoint>();
  private readonly types = new Map<string, string>();

  list(): StoredPoint[] {
    return [...this.points.values()];
  }

  /** @throws LineRefusedError, after the good lines are stored. */
  write(body: string, precision: string): void {
    const faults: string[] = [];
    for (const line of body.split('\n')) {
      if (line.trim() === '' || line.trimStart().startsWith('#')) continue;
      try {
        this.put(parseLine(line, NANOS[precision]!));
      } catch (error) {
        if (!(error instanceof LineRefusedError)) throw error;
        faults.push(error.message);
      }
    }
    if (faults.length > 0) throw new LineRefusedError(`partial write: ${faults[0]} dropped=${faults.length}`);
  }

  deleteWhere(isWanted: (point: StoredPoint) => boolean): void {
    for (const [key, point] of this.points) if (isWanted(point)) this.points.delete(key);
  }

  clear(): void {
    this.points.clear();
    this.types.clear();
  }

  private put(point: StoredPoint): void {
    for (const [name, { type }] of point.fields) {
      const key = JSON.stringify([point.measurement, name]);
      const before = this.types.get(key) ?? type;
      if (before !== type) throw new LineRefusedError(`field type conflict: "${name}" is ${type}, already ${before}`);
      this.types.set(key, before);
    }
    const key = JSON.stringify([point.measurement, point.tags, String(point.time)]);
    const before = this.points.get(key);
    if (before === undefined) this.points.set(key, point);
    else for (const [name, value] of point.fields) before.fields.set(name, value);
  }
}

function parseLine(line: string, unit: bigint): StoredPoint {
  const refuse = (why: string): never => {
    throw new LineRefusedError(`unable to parse '${line}': ${why}`);
  };
  let at = 0;
  /** Up to one of these, which are not escaped; the escapes of these are undone. */
  const name = (ends: string, escapes: string): string => {
    let text = '';
    for (; at < line.length && !ends.includes(line[at]!); at++) {
      if (line[at] === '\\' && at + 1 < line.length && escapes.includes(line[at + 1]!)) at++;
      text += line[at];
    }
    return text;
  };
  const measurement = name(', ', ', ');
  const tags: [string, string][] = [];
  while (line[at] === ',') {
    at++;
    const key = name('=, ', '=, ');
    if (line[at] !== '=') refuse('missing tag value');
    at++;
    const value = name(', ', '=, ');
    if (key === '' || value === '') refuse('missing tag value');
    tags.push([key, value]);
  }
  const fields = new Map<string, FieldValue>();
  do {
    at++;
    const key = name('=, ', '=, ');
    if (line[at] !== '=' || key === '') refuse('missing field value');
    at++;
    if (line[at] === '"') {
      let text = '';
      for (at++; at < line.length && line[at] !== '"'; at++) {
        if (line[at] === '\\' && (line[at + 1] === '"' || line[at + 1] === '\\')) at++;
        text += line[at];
      }
      if (line[at] !== '"') refuse('unbalanced quotes');
      at++;
      fields.set(key, { type: 'string', value: text });
    } else {
      const start = at;
      while (at < line.length && line[at] !== ',' && line[at] !== ' ') at++;
      fields.set(key, parseValue(line.slice(start, at)) ?? refuse('invalid number'));
    }
  } while (line[at] === ',');
  const time = line.slice(at).trim();
  if (time !== '' && !/^-?\d+$/.test(time)) refuse('bad timestamp');
  const nanos = time === '' ? BigInt(Date.now()) * 1_000_000n : BigInt(time) * unit;
  tags.sort(([a], [b]) => (a < b ? -1 : 1));
  return { measurement, tags, time: nanos, fields };
}

function parseValue(text: string): FieldValue | undefined {
  if (/^[+-]?\d+i$/.test(text)) return { type: 'long', value: BigInt(text.slice(0, -1)) };
  if (/^\d+u$/.test(text)) return { type: 'unsignedLong', value: BigInt(text.slice(0, -1)) };
  if (/^(?:t|T|true|True|TRUE)$/.test(text)) return { type: 'boolean', value: true };
  if (/^(?:f|F|false|False|FALSE)$/.test(text)) return { type: 'boolean', value: false };
  return text !== '' && Number.isFinite(Number(text)) ? { type: 'double', value: Number(text) } : undefined;
}
