import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Lengths of cells in minutes. */
const DAY = 1440;
/** Before and after. */
const MANY_DAYS = [8, 16, 32, 64].map((days) => days * DAY);
const SUMS = 'calls errors response_us tokens input_tokens cached_tokens output_tokens reasoning_tokens'.split(' ');

/**
 * Other lengths of the cells by which users are ranked (8 and 64 days instead of 16) and of which what they did is added up (16 days
 * instead of 32): a ranking of a month or a year goes through half as many rows.
 */
export class UsageBlocks1764110000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await sumCallers(runner, [8, 64]);
    await sumBlocks(runner, 16);
  }

  async down(runner: QueryRunner): Promise<void> {
    await sumCallers(runner, [16]);
    await sumBlocks(runner, 32);
  }
}

/** Makes cells of so many days from those of single days, and of no other length. In the order in which they are read. */
async function sumCallers(runner: QueryRunner, lengths: number[]): Promise<void> {
  await runner.query(`DELETE FROM usage_ai_callers WHERE level IN (${MANY_DAYS.join(', ')})`);
  for (const days of lengths) {
    await runner.query(
      `INSERT INTO usage_ai_callers (level, start, owner_id, calls)
       SELECT ${days * DAY}, ${startOf(days)}, owner_id, SUM(calls) FROM usage_ai_callers
       WHERE level = ${DAY} GROUP BY ${startOf(days)}, owner_id ORDER BY 2, 3`,
    );
  }
}

async function sumBlocks(runner: QueryRunner, days: number): Promise<void> {
  await runner.query(`DELETE FROM usage_ai_owner_blocks WHERE level IN (${MANY_DAYS.join(', ')})`);
  await runner.query(
    `INSERT INTO usage_ai_owner_blocks (level, start, owner_id, series_id, ${SUMS.join(', ')})
     SELECT ${days * DAY}, ${startOf(days)}, owner_id, series_id, ${SUMS.map((name) => `SUM(${name})`).join(', ')}
     FROM usage_ai_owner_blocks WHERE level = ${DAY} GROUP BY ${startOf(days)}, owner_id, series_id
     ORDER BY 2, 3, 4`,
  );
}

/** The beginning of the cell in which a day lies. */
function startOf(days: number): string {
  const length = days * DAY * 60_000;
  return `start / ${length} * ${length}`;
}
