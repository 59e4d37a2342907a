import type { FluxResult } from './flux-evaluator.js';
import { columnsOf, shown, type Table } from './flux-tables.js';

const END = '\r\n';

/** As InfluxDB 2 writes results: annotations anew whenever the columns of a table differ from those before it. */
export function* toAnnotatedCsv(results: readonly FluxResult[]): Generator<string> {
  let isFirst = true;
  for (const { name, tables } of results) {
    let schema = '';
    for (const [number, table] of tables.entries()) {
      const columns = orderedColumns(table);
      const header = JSON.stringify([columns, table.key]);
      if (header !== schema) {
        if (!isFirst) yield END;
        schema = header;
        isFirst = false;
        yield* annotations(name, columns, table.key);
      }
      for (const row of table.rows)
        yield line(['', '', String(number), ...columns.map(([column]) => shown(row[column]))]);
    }
  }
  yield END;
}

/** What comes after the rows before it when the query fails on the way. */
export function errorTable(message: string): string {
  return `${END}#datatype,string,string${END}#group,true,true${END}#default,,${END},error,reference${END}${line(['', message, '897'])}`;
}

function* annotations(name: string, columns: [string, string][], key: readonly string[]): Generator<string> {
  yield line(['#datatype', 'string', 'long', ...columns.map(([, type]) => type)]);
  yield line(['#group', 'false', 'false', ...columns.map(([column]) => String(key.includes(column)))]);
  yield line(['#default', name, '', ...columns.map(() => '')]);
  yield line(['', 'result', 'table', ...columns.map(([column]) => column)]);
}

function orderedColumns(table: Table): [string, string][] {
  return [...columnsOf(table)].sort(([a], [b]) => (a < b ? -1 : 1));
}

function line(cells: readonly string[]): string {
  return cells.map((cell) => (/[",\r\n]|^ /.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell)).join() + END;
}
