import { Point } from '@influxdata/influxdb-client';
import fc from 'fast-check';
import { BOOLEAN, INTEGER, STRING, UNSIGNED } from './field-type.js';
import { LineReader } from './line-reader.js';
import { parseSeries } from './series.js';
import { toNanoseconds, type Precision } from './timestamp.js';

type Value = number | bigint | boolean | string;

interface ReadPoint {
  measurement: string;
  tags: Record<string, string>;
  fields: Record<string, Value>;
  /** Nanoseconds; undefined: none. */
  time?: bigint;
}

/** Every line of a body that is no comment: its point, or what is wrong with it. */
function read(body: string | Buffer, precision: Precision = 'ns'): (ReadPoint | string)[] {
  const reader = new LineReader(Buffer.from(body), precision);
  const lines: (ReadPoint | string)[] = [];
  while (reader.next()) {
    const series = parseSeries(Buffer.from(reader.series, 'latin1').toString('utf8'));
    if (reader.fault !== null) lines.push(`${reader.line}: ${reader.fault}`);
    else if (typeof series === 'string') lines.push(`${reader.line}: ${series}`);
    else {
      const fields: Record<string, Value> = Object.create(null);
      for (let i = 0; i < reader.fieldCount; i++) fields[reader.keys[i]!] = valueOf(reader, i);
      const tags: Record<string, string> = Object.assign(Object.create(null), Object.fromEntries(series.tags));
      const time = reader.hasTime ? { time: toNanoseconds(reader.time) } : {};
      lines.push({ measurement: series.measurement, tags, fields, ...time });
    }
  }
  return lines;
}

function valueOf(reader: LineReader, field: number): Value {
  switch (reader.types[field]) {
    case STRING:
      return reader.texts[field]!;
    case BOOLEAN:
      return reader.numbers[field] === 1;
    case INTEGER:
    case UNSIGNED:
      return reader.wide[field] ?? BigInt(reader.numbers[field]!);
    default:
      return reader.numbers[field]!;
  }
}

const fieldsOf = (line: string): Record<string, Value> | string => {
  const [point] = read(line);
  return typeof point === 'object' ? { ...point.fields } : point!;
};

describe('LineReader', () => {
  it('T19 should read the line of the contract', () => {
    expect(read('window_activity,app=VS\\ Code title="a, \\"b\\"=c",duration=30 1763369520000000000')).toEqual([
      {
        measurement: 'window_activity',
        tags: { app: 'VS Code' },
        fields: { title: 'a, "b"=c', duration: 30 },
        time: 1763369520000000000n,
      },
    ]);
  });

  it.each([
    ['s', '1763369520'],
    ['ms', '1763369520000'],
    ['us', '1763369520000000'],
    ['u', '1763369520000000'],
    ['ns', '1763369520000000000'],
    ['n', '1763369520000000000'],
  ] as [Precision, string][])('T19 should read a time in %s as the same instant', (precision, time) => {
    expect(read(`x f=1 ${time}`, precision)).toMatchObject([{ time: 1763369520000000000n }]);
  });

  it.each([
    ['ns', '1763369520123456789', 1763369520123456789n],
    ['ns', '-1', -1n],
    ['ns', '-1000000', -1000000n],
    ['ns', '-1500001', -1500001n],
    ['ns', '0', 0n],
    ['ns', '7', 7n],
    ['ns', '000001763369520000000001', 1763369520000000001n],
    ['us', '1763369520123457', 1763369520123457000n],
    ['us', '-1', -1000n],
    ['ms', '-62135596800000', -62135596800000000000n],
    ['ns', '9223372036854775806', 9223372036854775806n],
    ['ns', '-9223372036854775806', -9223372036854775806n],
    ['s', '9223372036', 9223372036000000000n],
  ] as [Precision, string, bigint][])('should lose nothing of %s %s', (precision, time, expected) => {
    const isStorable = expected >= -9223372036854775806n;
    expect(read(`x f=1 ${time}`, precision)).toMatchObject([
      isStorable ? { time: expected } : expect.stringContaining('out of range'),
    ]);
  });

  it.each([
    ['ns', '9223372036854775807', 'its time is out of range'],
    ['ns', '-9223372036854775807', 'its time is out of range'],
    ['ns', '99999999999999999999', 'its time is out of range'],
    ['s', '9223372037', 'its time is out of range'],
    ['s', '1763369520000000000', 'its time is out of range'],
    ['ms', '9223372036855', 'its time is out of range'],
    ['ns', '12.5', 'its time is not a whole number'],
    ['ns', '1e9', 'its time is not a whole number'],
    ['ns', '-', 'its time is not a whole number'],
    ['ns', '--1', 'its time is not a whole number'],
    ['ns', '+1', 'its time is not a whole number'],
    ['ns', '1763369520 1', 'its time is not a whole number'],
    ['ns', 'now', 'its time is not a whole number'],
  ] as [Precision, string, string][])('should refuse the time %s %s', (precision, time, fault) => {
    expect(read(`x f=1 ${time}`, precision)).toEqual([`1: ${fault}`]);
  });

  it.each([
    ['f=1', { f: 1 }],
    ['f=-1.5', { f: -1.5 }],
    ['f=+2', { f: 2 }],
    ['f=.5', { f: 0.5 }],
    ['f=5.', { f: 5 }],
    ['f=1e3', { f: 1000 }],
    ['f=-1.5E-2', { f: -0.015 }],
    ['f=1e+3', { f: 1000 }],
    ['f=-0', { f: -0 }],
    ['f=12345678901234567890', { f: 12345678901234567000 }],
    ['f=1i', { f: 1n }],
    ['f=-9i', { f: -9n }],
    ['f=9223372036854775807i', { f: 9223372036854775807n }],
    ['f=-9223372036854775808i', { f: -9223372036854775808n }],
    ['f=1u', { f: 1n }],
    ['f=18446744073709551615u', { f: 18446744073709551615n }],
    ['a=t,b=T,c=true,d=True,e=TRUE', { a: true, b: true, c: true, d: true, e: true }],
    ['a=f,b=F,c=false,d=False,e=FALSE', { a: false, b: false, c: false, d: false, e: false }],
    ['f=""', { f: '' }],
    ['f="007"', { f: '007' }],
    ['f="a,b c=d"', { f: 'a,b c=d' }],
    ['f="\\\\",g=1', { f: '\\', g: 1 }],
    ['f="C:\\\\new\\folder"', { f: 'C:\\new\\folder' }],
    ['f="\\n"', { f: '\\n' }],
    ['f="Zürich 😀"', { f: 'Zürich 😀' }],
    ['f="# no comment"', { f: '# no comment' }],
    ['f\\,1=1,f\\ 2=2,f\\=3=3', { 'f,1': 1, 'f 2': 2, 'f=3': 3 }],
    ['f\\x=1', { 'f\\x': 1 }],
    ['f\\\\,=1', { 'f\\,': 1 }],
    ['f=1,f=2', { f: 2 }],
  ])('should read the fields %s', (fields, expected) => {
    expect(fieldsOf(`x ${fields}`)).toEqual(expected);
    expect(fieldsOf(`x ${fields} 1`)).toEqual(expected);
    expect(fieldsOf(`x,t=ä  ${fields}   1  `)).toEqual(expected);
  });

  it.each([
    ['x', 'it has no fields'],
    ['x,t=a', 'it has no fields'],
    ['x,t=a\\ f=1', 'it has no fields'],
    ['x 1763369520000000000', 'a field has no value'],
    ['x f', 'a field has no value'],
    ['x f=', 'the field f has no value'],
    ['x f=,g=1', 'the field f has no value'],
    ['x f= 1', 'the field f has no value'],
    ['x =1', 'a field has no name'],
    ['x f=1,', 'a field is missing'],
    ['x f=1,=2', 'a field has no name'],
    ['x f=1,,g=2', 'a field has no value'],
    ['x f=abc', 'the value of the field f is neither a number, a boolean nor a quoted text'],
    ['x f=tRUE', 'the value of the field f is neither a number, a boolean nor a quoted text'],
    ['x f=1.5i', 'the value of the field f is neither a number, a boolean nor a quoted text'],
    ['x f=1.5.2', 'the value of the field f is neither a number, a boolean nor a quoted text'],
    ['x f=1=2', 'the value of the field f is neither a number, a boolean nor a quoted text'],
    ['x f=NaN', 'the value of the field f is neither a number, a boolean nor a quoted text'],
    ['x f=Infinity', 'the value of the field f is neither a number, a boolean nor a quoted text'],
    ['x f=0x10', 'the value of the field f is neither a number, a boolean nor a quoted text'],
    ['x f=i', 'the value of the field f is neither a number, a boolean nor a quoted text'],
    ['x f=-', 'the value of the field f is neither a number, a boolean nor a quoted text'],
    ['x f=1e', 'the value of the field f is neither a number, a boolean nor a quoted text'],
    ['x f=1e999', 'the value of the field f is out of range'],
    ['x f=9223372036854775808i', 'the value of the field f is out of range'],
    ['x f=-1u', 'the value of the field f is out of range'],
    ['x f=18446744073709551616u', 'the value of the field f is out of range'],
    ['x f="abc', 'the text of the field f has no closing quote on its line'],
    ['x f="abc\\"', 'the text of the field f has no closing quote on its line'],
    ['x f="', 'the text of the field f has no closing quote on its line'],
    ['x f="abc"d', 'something follows the closing quote of the field f'],
    ['x,t= f=1', 'the tag t has no value'],
    ['x,t f=1', 'the tag t has no value'],
    ['x,=a f=1', 'a tag has no name'],
    ['x, f=1', 'a tag has no name'],
    ['x,t=a=b f=1', 'the value of the tag t holds an = without a \\ before it'],
    ['x,t=a,t=b f=1', 'it has the tag t twice'],
    ['x,_t=a f=1', 'the tag _t is reserved: it begins with _'],
    ['x,time=a f=1', 'the tag time is reserved'],
    ['_x f=1', 'the measurement _x is reserved: it begins with _'],
    [',t=a f=1', 'it has no measurement'],
  ])('should refuse %s', (line, fault) => {
    expect(read(line)).toEqual([`1: ${fault}`]);
    expect(read(`a b=1\n${line}\r\nc d=2`)).toEqual([expect.any(Object), `2: ${fault}`, expect.any(Object)]);
  });

  it('should end a line at its newline, also within quotes, and lose no other line', () => {
    expect(read('a f="x\ny" 1\nb f=1\n')).toEqual([
      '1: the text of the field f has no closing quote on its line',
      '2: a field has no value',
      expect.objectContaining({ measurement: 'b' }),
    ]);
  });

  it('should skip blank lines and comments, and count them', () => {
    const body = '\n# a comment\r\n   \n\t # another\n  x f=1\n#\n\r\ny f=\n';
    expect(read(body)).toEqual([expect.objectContaining({ measurement: 'x' }), '8: the field f has no value']);
  });

  it.each([
    ['ends without a newline', 'a f=1\nb f=2'],
    ['has Windows line ends', 'a f=1\r\nb f=2\r\n'],
    ['has spaces around', '  a f=1  \n\tb f=2 \n'],
  ])('should read a body that %s', (_, body) => {
    expect(read(body)).toMatchObject([{ measurement: 'a' }, { measurement: 'b' }]);
  });

  it('should judge broken UTF-8 and NUL by the line', () => {
    const bytes = Buffer.concat([
      Buffer.from('a f="ä"\n'),
      Buffer.from([0x62, 0x20, 0x66, 0x3d, 0x22, 0xff, 0x22, 0x0a]),
      Buffer.from('c f="\u0000"\n'),
      // Half of a surrogate pair, as some programs write it.
      Buffer.from([0x64, 0x20, 0x66, 0x3d, 0x22, 0xed, 0xa0, 0xbd, 0x22, 0x0a]),
      Buffer.from('e f="😀"'),
    ]);
    const broken = 'it is not valid UTF-8 text';
    expect(read(bytes)).toEqual([
      expect.objectContaining({ fields: expect.objectContaining({ f: 'ä' }) }),
      `2: ${broken}`,
      `3: ${broken}`,
      `4: ${broken}`,
      expect.objectContaining({ fields: expect.objectContaining({ f: '😀' }) }),
    ]);
  });

  it('should keep to the limits of InfluxDB', () => {
    expect(fieldsOf(`x f="${'a'.repeat(65_536)}"`)).toEqual({ f: 'a'.repeat(65_536) });
    expect(read(`x f="${'a'.repeat(65_537)}"`)).toEqual(['1: the text of the field f is longer than 64 KiB']);
    expect(read(`x,t=${'a'.repeat(65_535)} f=1`)).toEqual(['1: its measurement and tags are too long']);
    const fields = Array.from({ length: 1001 }, (_, i) => `f${i}=1`);
    expect(read(`x ${fields.join()}`)).toEqual(['1: it has more than 1000 fields']);
  });
});

describe('the published client', () => {
  // What the client itself says of its arguments: names are not empty and do not end with a backslash. Newlines, returns
  // and tabs of names are sent as a backslash with a letter, which the protocol does not undo.
  const name = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 12 })
    .filter((text) => !/[\n\r\t]|\\$|^[_#\s]|^time$/.test(text) && !text.includes('\0') && text.isWellFormed());
  const text = fc
    .oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: fc.constantFrom('"', '\\', ',', '=', ' ', '#', 'a', 'ä') }),
    )
    .filter((value) => !/[\n\r\0]/.test(value) && value.isWellFormed());
  const field = fc.oneof(
    fc.record({ kind: fc.constant('float'), value: fc.double({ noNaN: true, noDefaultInfinity: true }) }),
    fc.record({ kind: fc.constant('int'), value: fc.maxSafeInteger() }),
    fc.record({ kind: fc.constant('uint'), value: fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }) }),
    fc.record({ kind: fc.constant('bool'), value: fc.boolean() }),
    fc.record({ kind: fc.constant('text'), value: text }),
  );
  const time = fc.bigInt({ min: -(2n ** 63n) + 2n, max: 2n ** 63n - 2n });

  it('should be understood in all that it writes', () => {
    const points = fc.array(
      fc.record({
        measurement: name.filter((value) => !/[=]/.test(value)),
        tags: fc.dictionary(name, name, { maxKeys: 4 }),
        fields: fc.dictionary(name, field, { minKeys: 1, maxKeys: 4 }),
        time,
      }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(points, (expected) => {
        const body = expected.map((one) => toPoint(one).toLineProtocol()).join('\n');
        expect(read(body)).toEqual(
          expected.map(({ measurement, tags, fields, time: at }) => ({
            measurement,
            tags: { ...tags },
            fields: Object.fromEntries(
              Object.entries(fields).map(([key, { kind, value }]) => [key, stored(kind, value)]),
            ),
            time: at,
          })),
        );
      }),
      { numRuns: 300 },
    );
  });

  function stored(kind: string, value: Value): Value {
    // The client writes a float as JavaScript does; -0 becomes 0 there.
    if (kind === 'float') return Number(String(value));
    return kind === 'int' || kind === 'uint' ? BigInt(value) : value;
  }

  function toPoint(one: {
    measurement: string;
    tags: Record<string, string>;
    fields: Record<string, { kind: string; value: Value }>;
    time: bigint;
  }): Point {
    const point = new Point(one.measurement).timestamp(String(one.time));
    for (const [key, value] of Object.entries(one.tags)) point.tag(key, value);
    for (const [key, { kind, value }] of Object.entries(one.fields)) {
      if (kind === 'float') point.floatField(key, value);
      else if (kind === 'int') point.intField(key, value);
      else if (kind === 'uint') point.uintField(key, String(value));
      else if (kind === 'bool') point.booleanField(key, value);
      else point.stringField(key, value);
    }
    return point;
  }
});

describe('fuzzing', () => {
  const pieces = fc.constantFrom(...'a,= \\"\n\r#_1i.-tTé\u0000'.split(''), 'x f=1\n', ' 1763369520000000000', 'f="');
  const soup = fc.array(pieces, { maxLength: 60 }).map((parts) => Buffer.from(parts.join('')));

  it('should never throw, and give every line a verdict, whatever the bytes', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          soup,
          fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
        ),
        (body) => {
          const verdicts = read(body);
          const lines = body.toString('latin1').split('\n');
          const blank = lines.filter((line) => /^[ \t]*(?:#.*)?[ \r]*$/s.test(line));
          expect(verdicts.length).toBe(lines.length - blank.length);
        },
      ),
      { numRuns: 2000 },
    );
  });

  it('should find a good line between any two others', () => {
    fc.assert(
      fc.property(soup, soup, (before, after) => {
        const body = Buffer.concat([before, Buffer.from('\ngood,t=1 f=2 3\n'), after]);
        expect(read(body)).toContainEqual({ measurement: 'good', tags: { t: '1' }, fields: { f: 2 }, time: 3n });
      }),
      { numRuns: 500 },
    );
  });
});
