import type { DataSource, Table, TableColumn } from 'typeorm';
import { createDataSource, dataSourceOptions } from '../../src/infra/sql/data-source-options.js';
import { migrations } from '../../src/infra/sql/migrations/index.js';
import { migrate } from '../../src/infra/sql/migrator.js';
import { LeaseRepository } from '../../src/infra/lease/lease.repository.js';
import { placeholders } from '../../src/infra/sql/sql-dialect.js';
import { sqlTestTargets, type SqlTestDatabase } from '../support/sql.js';

const NAMES = migrations.map((migration) => migration.name);
const DAY_MS = 86_400_000;
/** Which migrations were applied, and who may apply them. */
const BOOKS = new Set(['migrations', 'leases']);
const ROWS = [1, 2, 3];

type Row = Record<string, string | number | boolean>;

describe.each(await sqlTestTargets())('data of earlier states on $dialect', (target) => {
  let database: SqlTestDatabase;
  beforeEach(async () => (database = await target.create()));
  afterEach(() => database.drop());

  /** The schema as it was after the first so many migrations. */
  async function oldSchema(applied: number): Promise<DataSource> {
    const options = { ...dataSourceOptions(database.config, []), migrations: migrations.slice(0, applied) };
    const dataSource = await createDataSource(options).initialize();
    await new LeaseRepository(dataSource).createTable();
    await dataSource.runMigrations({ transaction: 'each' });
    return dataSource;
  }

  it.each(NAMES.slice(0, -1).map((name, i) => [name, i + 1] as const))(
    'L3 should come forward from %s without a change to them, and twice is once',
    async (_name, applied) => {
      const before = await oldSchema(applied);
      const tables = parentsFirst(await tablesOf(before));
      for (const table of tables) for (const i of ROWS) await insert(before, table.name, rowOf(table, tables, i));
      const rows = await readAll(before, tables);
      expect(Object.values(rows).every((some) => some.length === ROWS.length)).toBe(true);
      await before.destroy();

      expect(await migrate(database.config)).toEqual(NAMES.slice(applied));
      expect(await migrate(database.config)).toEqual([]);
      const after = await database.connect([]);
      expect(await readAll(after, tables)).toEqual(rows);
    },
  );

  it('L3 should count earlier AI calls by other lengths of days', async () => {
    const before = await oldSchema(NAMES.indexOf('AiCallers1763956000000'));
    const [table] = (await tablesOf(before)).filter(({ name }) => name === 'usage_ai_owner_blocks');
    const blank = Object.fromEntries(table!.columns.map(({ name }) => [name, 0]));
    const blocks = [
      { level: 1440, start: 32 * DAY_MS, owner_id: 1, series_id: 1, calls: 2 },
      { level: 1440, start: 32 * DAY_MS, owner_id: 1, series_id: 2, calls: 3 },
      { level: 1440, start: 40 * DAY_MS, owner_id: 1, series_id: 1, calls: 4 },
      { level: 1440, start: 48 * DAY_MS, owner_id: 2, series_id: 1, calls: 7 },
      // Sums of the above, which must not be counted again.
      { level: 46_080, start: 32 * DAY_MS, owner_id: 1, series_id: 1, calls: 6 },
    ];
    for (const block of blocks) await insert(before, table!.name, { ...blank, ...block });
    await before.destroy();
    await migrate(database.config);
    const after = await database.connect([]);
    const rows: Record<string, unknown>[] = await after.query(
      'SELECT level, start, owner_id, calls FROM usage_ai_callers ORDER BY level, start, owner_id',
    );
    expect(rows.map((row) => Object.values(row).map(Number))).toEqual([
      [1440, 32 * DAY_MS, 1, 5],
      [1440, 40 * DAY_MS, 1, 4],
      [1440, 48 * DAY_MS, 2, 7],
      [11_520, 32 * DAY_MS, 1, 5],
      [11_520, 40 * DAY_MS, 1, 4],
      [11_520, 48 * DAY_MS, 2, 7],
      [92_160, 0, 1, 9],
      [92_160, 0, 2, 7],
    ]);
    const sums: Record<string, unknown>[] = await after.query(
      `SELECT level, start, owner_id, series_id, calls FROM usage_ai_owner_blocks WHERE level <> 1440
       ORDER BY start, owner_id, series_id`,
    );
    expect(sums.map((row) => Object.values(row).map(Number))).toEqual([
      [23_040, 32 * DAY_MS, 1, 1, 6],
      [23_040, 32 * DAY_MS, 1, 2, 3],
      [23_040, 48 * DAY_MS, 2, 1, 7],
    ]);
  });
});

async function tablesOf(dataSource: DataSource): Promise<Table[]> {
  const runner = dataSource.createQueryRunner();
  try {
    const rows: { name: string }[] = await dataSource.query(
      dataSource.options.type === 'postgres'
        ? "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'"
        : "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'",
    );
    return await runner.getTables(rows.map(({ name }) => name).filter((name) => !BOOKS.has(name)));
  } finally {
    await runner.release();
  }
}

/** Without the schema that PostgreSQL puts before it. */
function plain(table: string): string {
  return table.replace(/^public\./, '');
}

function parentsFirst(tables: readonly Table[]): Table[] {
  const ordered: Table[] = [];
  const add = (table: Table): void => {
    if (ordered.includes(table)) return;
    for (const { referencedTableName } of table.foreignKeys)
      add(tables.find(({ name }) => plain(name) === plain(referencedTableName))!);
    ordered.push(table);
  };
  tables.forEach(add);
  return ordered;
}

/** A value for every column, different in each row; a reference leads to the row of the same number. */
function rowOf(table: Table, tables: readonly Table[], i: number): Row {
  return Object.fromEntries(
    table.columns.map((column) => [column.name, valueOf(referenced(table, column, tables), i)]),
  );
}

function referenced(table: Table, column: TableColumn, tables: readonly Table[]): [Table, TableColumn] {
  const key = table.foreignKeys.find(({ columnNames }) => columnNames.includes(column.name));
  if (key === undefined) return [table, column];
  const parent = tables.find(({ name }) => plain(name) === plain(key.referencedTableName))!;
  const name = key.referencedColumnNames[key.columnNames.indexOf(column.name)];
  return referenced(
    parent,
    parent.columns.find((one) => one.name === name)!,
    tables,
  );
}

function valueOf([table, column]: [Table, TableColumn], i: number): string | number | boolean {
  const seed = [...`${plain(table.name)}.${column.name}`].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  if (column.type === 'boolean') return i % 2 === 0;
  if (column.type.startsWith('double')) return seed + i / 8;
  if (column.type === 'integer') return seed + i;
  // Times and sums: more than 32 bits.
  if (column.type === 'bigint') return 1_763_000_000_000 + seed * 1000 + i;
  if (column.type === 'text') return `${plain(table.name)}.${column.name} "${i}" ä`;
  throw new Error(`No value is known for the type ${column.type}`);
}

async function insert(dataSource: DataSource, table: string, row: Row): Promise<void> {
  const columns = Object.keys(row).map((name) => `"${name}"`);
  // SQLite keeps truth as numbers.
  const numbers = dataSource.options.type !== 'postgres';
  const values = Object.values(row).map((value) => (typeof value === 'boolean' && numbers ? Number(value) : value));
  const sql = `INSERT INTO "${plain(table)}" (${columns.join(', ')}) VALUES (${columns.map(() => '?').join(', ')})`;
  await dataSource.query(placeholders(dataSource, sql), values);
}

/** By table, in the columns that it had. */
async function readAll(dataSource: DataSource, tables: readonly Table[]): Promise<Record<string, Row[]>> {
  const rows: Record<string, Row[]> = {};
  for (const { name, columns } of tables) {
    const names = columns.map((column) => `"${column.name}"`).join(', ');
    rows[plain(name)] = await dataSource.query(`SELECT ${names} FROM "${plain(name)}" ORDER BY ${names}`);
  }
  return rows;
}
