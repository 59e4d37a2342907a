import { linesToRowsIterable, type FluxTableMetaData } from '@influxdata/influxdb-client';
import { influxBrokeOff, influxFailed, influxUnintelligible } from './influx.errors.js';

const NUMBERS = new Set(['double', 'long', 'unsignedLong']);
const TEXT = 'string';
const TIME = 'dateTime:RFC3339';

/** The columns of one table, by name and type: a value is what its column says, whatever it looks like. */
export class InfluxColumns {
  private readonly positions = new Map<string, { at: number; type: string; fallback: string }>();

  constructor(meta: FluxTableMetaData) {
    for (const { label, index, dataType, defaultValue } of meta.columns) {
      this.positions.set(label, { at: index, type: dataType, fallback: defaultValue });
    }
  }

  /** NaN when there is no such column, it holds no numbers, or the value is absent. */
  number(row: readonly string[], label: string): number {
    const column = this.positions.get(label);
    if (column === undefined || !NUMBERS.has(column.type)) return Number.NaN;
    const text = row[column.at] || column.fallback;
    return text === '' || text === undefined ? Number.NaN : Number(text);
  }

  /** Empty when there is no such column, it holds no text, or the value is absent. */
  text(row: readonly string[], label: string): string {
    const column = this.positions.get(label);
    if (column?.type !== TEXT) return '';
    return row[column.at] || column.fallback;
  }

  /** Epoch milliseconds, rounded down; NaN without a time. */
  time(row: readonly string[], label = '_time'): number {
    return parseTime(this.rfc3339(row, label));
  }

  /** As InfluxDB writes it, to the nanosecond. */
  rfc3339(row: readonly string[], label = '_time'): string {
    const column = this.positions.get(label);
    return column?.type === TIME ? (row[column.at] ?? '') : '';
  }
}

export interface InfluxRow {
  columns: InfluxColumns;
  values: readonly string[];
  meta: FluxTableMetaData;
}

/**
 * Reads annotated CSV. InfluxDB begins to answer before it knows that it will succeed: an error is a table of its own
 * within a 200.
 * @throws InfluxUnavailableError for such an error, an answer that broke off, and one that is no annotated CSV.
 */
export async function* readRows(lines: AsyncIterable<string>): AsyncGenerator<InfluxRow> {
  let meta: FluxTableMetaData | undefined;
  let columns: InfluxColumns | undefined;
  for await (const { values, tableMeta } of linesToRowsIterable(checked(lines))) {
    if (tableMeta !== meta || columns === undefined) {
      assertTable(tableMeta, values);
      meta = tableMeta;
      columns = new InfluxColumns(tableMeta);
    }
    if (values.length !== tableMeta.columns.length) throw influxBrokeOff();
    yield { columns, values, meta: tableMeta };
  }
}

function assertTable({ columns }: FluxTableMetaData, values: readonly string[]): void {
  const labels = columns.map(({ label }) => label);
  const errorAt = labels.indexOf('error');
  if (errorAt >= 0 && !labels.includes('table')) throw influxFailed(new Error(values[errorAt]));
  if (!labels.includes('table')) throw influxUnintelligible();
}

/** Passes lines on that may be annotated CSV, and sees to it that the last one is whole. */
async function* checked(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let last = '';
  let isFirst = true;
  for await (const line of lines) {
    if (isFirst && line !== '') {
      if (!/^(?:#|,|error\b)/.test(line)) throw influxUnintelligible();
      isFirst = false;
    }
    last = line;
    yield line;
  }
  if ((last.split('"').length - 1) % 2 === 1) throw influxBrokeOff();
}

function parseTime(text: string): number {
  const time = Date.parse(text);
  // JavaScript cuts the digits below the millisecond, which rounds times before 1970 up.
  return time < 0 && /\.\d{3}\d*[1-9]/.test(text) ? time - 1 : time;
}
