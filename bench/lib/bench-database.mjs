// @ts-check
import { randomBytes } from 'node:crypto';
import pg from 'pg';

const ADMIN_URL = process.env.BENCH_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres';

/** A PostgreSQL database for one run. */
export async function createBenchDatabase() {
  const name = `almanac_bench_${randomBytes(5).toString('hex')}`;
  await administer(`CREATE DATABASE ${name} TEMPLATE template0`);
  const url = new URL(ADMIN_URL);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    /** @param {(client: pg.Client) => Promise<void>} work */
    async use(work) {
      const client = new pg.Client({ connectionString: url.href });
      await client.connect();
      try {
        await work(client);
      } finally {
        await client.end();
      }
    },
    drop: () => administer(`DROP DATABASE ${name} WITH (FORCE)`),
  };
}

/** @param {string} sql */
async function administer(sql) {
  const client = new pg.Client({ connectionString: ADMIN_URL });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}
