// Tables as Flux has them, and what its functions do with them.

/** A moment in nanoseconds. */
export class FluxTime {
  constructor(readonly nanos: bigint) {}
}

/** A whole number without a sign; those with one are bigint. */
export class FluxUint {
  constructor(readonly value: bigint) {}
}

export type FluxValue = string | number | bigint | boolean | null | FluxTime | FluxUint;
export type Row = Record<string, FluxValue>;

export interface Table {
  /** Columns of the group key. */
  key: string[];
  rows: Row[];
}

/** InfluxDB found out only while it was answering. */
export class FluxRuntimeError extends Error {}

export function typeOf(value: FluxValue | undefined): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof FluxTime) return 'dateTime:RFC3339';
  if (value instanceof FluxUint) return 'unsignedLong';
  return { string: 'string', number: 'double', bigint: 'long', boolean: 'boolean' }[typeof value as string] ?? null;
}

/** The columns of a table with their types. */
export function columnsOf(table: Table): Map<string, string> {
  const columns = new Map<string, string>();
  for (const row of table.rows) {
    for (const [name, value] of Object.entries(row)) {
      const type = typeOf(value);
      if (type === null) continue;
      const before = columns.get(name) ?? type;
      if (before !== type) {
        throw new FluxRuntimeError(`schema collision detected: column "${name}" is both of type ${before} and ${type}`);
      }
      columns.set(name, type);
    }
  }
  return columns;
}

/** Puts the rows into tables by their values in these columns. */
export function grouped(tables: readonly Table[], keyOf: (table: Table) => string[]): Table[] {
  const groups = new Map<string, Table>();
  for (const table of tables) {
    const key = keyOf(table);
    for (const row of table.rows) {
      const id = JSON.stringify(key.map((name) => [name, shown(row[name])]));
      const group = groups.get(id) ?? { key, rows: [] };
      groups.set(id, group);
      group.rows.push(row);
    }
  }
  for (const group of groups.values()) columnsOf(group);
  return [...groups.values()];
}

export function drop(tables: readonly Table[], columns: readonly string[]): Table[] {
  const without = tables.map(({ key, rows }) => ({
    key: key.filter((name) => !columns.includes(name)),
    rows: rows.map((row) => Object.fromEntries(Object.entries(row).filter(([name]) => !columns.includes(name)))),
  }));
  return grouped(without, ({ key }) => key);
}

export function rename(tables: readonly Table[], names: Record<string, string>): Table[] {
  return tables.map(({ key, rows }) => ({
    key: key.map((name) => names[name] ?? name),
    rows: rows.map((row) =>
      Object.fromEntries(Object.entries(row).map(([name, value]) => [names[name] ?? name, value])),
    ),
  }));
}

export function pivot(
  tables: readonly Table[],
  rowKey: readonly string[],
  columnKey: string,
  valueColumn: string,
): Table[] {
  const pivoted = new Map<string, { key: string[]; rows: Map<string, Row> }>();
  for (const { key, rows } of tables) {
    const rest = key.filter((name) => name !== columnKey);
    for (const row of rows) {
      const id = JSON.stringify(rest.map((name) => [name, shown(row[name])]));
      const table = pivoted.get(id) ?? { key: rest, rows: new Map<string, Row>() };
      pivoted.set(id, table);
      const at = JSON.stringify(rowKey.map((name) => shown(row[name])));
      const target = table.rows.get(at) ?? pick(row, [...rest, ...rowKey]);
      table.rows.set(at, target);
      target[shown(row[columnKey])] = row[valueColumn] ?? null;
    }
  }
  return Array.from(pivoted.values(), ({ key, rows }) => ({ key, rows: [...rows.values()] }));
}

export function sum(tables: readonly Table[]): Table[] {
  return tables.map(({ key, rows }) => {
    const values = rows.map((row) => row['_value'] ?? null).filter((value) => value !== null);
    const isWhole = values.every((value) => typeof value === 'bigint');
    if (!isWhole && !values.every((value) => typeof value === 'number')) {
      throw new FluxRuntimeError('sum: unsupported aggregate column type');
    }
    const total = isWhole
      ? values.reduce((all, value) => all + value, 0n)
      : values.reduce((all, value) => all + value, 0);
    return { key, rows: [{ ...pick(rows[0]!, key), _value: total }] };
  });
}

function pick(row: Row, names: readonly string[]): Row {
  return Object.fromEntries(names.map((name) => [name, row[name] ?? null]));
}

export function shown(value: FluxValue | undefined): string {
  if (value === null || value === undefined) return '';
  if (value instanceof FluxTime) return rfc3339(value.nanos);
  if (value instanceof FluxUint) return String(value.value);
  return String(value);
}

/** With as many digits of a second as it needs. */
export function rfc3339(nanos: bigint): string {
  const million = 1_000_000n;
  const rest = ((nanos % million) + million) % million;
  const text = new Date(Number((nanos - rest) / million)).toISOString();
  const fraction = `${text.slice(20, 23)}${String(rest).padStart(6, '0')}`.replace(/0+$/, '');
  return `${text.slice(0, 19)}${fraction === '' ? '' : `.${fraction}`}Z`;
}
