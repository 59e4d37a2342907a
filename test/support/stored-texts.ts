import { join } from 'node:path';
import Libsql from 'libsql';
import type { Connection, mongo } from 'mongoose';
import pg from 'pg';

/** Every row and document of a store as text, by table or collection. */
export type StoredTexts = Record<string, string[]>;

export function readSqliteTexts(dataDir: string): StoredTexts {
  const file = new Libsql(join(dataDir, 'almanac.sqlite'), { readonly: true });
  try {
    const tables = file.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all() as { name: string }[];
    return Object.fromEntries(
      tables.map(({ name }) => [name, file.prepare(`SELECT * FROM "${name}"`).all().map(textOf)]),
    );
  } finally {
    file.close();
  }
}

export async function readPostgresTexts(url: string): Promise<StoredTexts> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    const tables = await client.query<{ name: string }>(
      "SELECT tablename AS name FROM pg_tables WHERE schemaname = 'public'",
    );
    const texts: StoredTexts = {};
    for (const { name } of tables.rows) texts[name] = (await client.query(`SELECT * FROM "${name}"`)).rows.map(textOf);
    return texts;
  } finally {
    await client.end();
  }
}

export async function readMongoTexts(connection: Connection): Promise<StoredTexts> {
  const texts: StoredTexts = {};
  for (const { name } of await connection.db!.listCollections().toArray()) {
    texts[name] = (await connection.db!.collection(name).find().toArray()).map(textOf);
  }
  return texts;
}

/** Where one of the texts stands: the names of tables and collections. */
export function storesWith(stored: StoredTexts, texts: readonly string[]): string[] {
  return Object.entries(stored)
    .filter(([, rows]) => rows.some((row) => texts.some((text) => row.includes(text))))
    .map(([name]) => name)
    .sort();
}

/** Bytes are shown as they are, so that texts in packed columns are seen as well. */
function textOf(row: unknown): string {
  return JSON.stringify(row, function (this: Record<string, unknown>, key, value: unknown) {
    const original = this[key];
    if (original instanceof Uint8Array) return Buffer.from(original).toString('latin1');
    if (isBinary(original)) return Buffer.from(original.buffer).toString('latin1');
    return value;
  });
}

function isBinary(value: unknown): value is mongo.Binary {
  return (value as { _bsontype?: string } | null)?._bsontype === 'Binary';
}
