import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { wholeNumber } from './column-builders.js';

const DAY_MS = 86_400_000;
/** Minutes. */
const LEVELS = [1440, 16 * 1440];

/** Calls of each user by day and by groups of days, without what was called: by them users are ranked. */
export class AiCallers1763956000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    const number = { type: 'integer', isPrimary: true, isNullable: false };
    await runner.createTable(
      new Table({
        name: 'usage_ai_callers',
        columns: [
          { ...number, name: 'level' },
          wholeNumber('start', { isPrimary: true }),
          { ...number, name: 'owner_id' },
          wholeNumber('calls'),
        ],
      }),
    );
    if (runner.dataSource.options.type === 'postgres') {
      await runner.query('ALTER TABLE "usage_ai_callers" SET (fillfactor = 75)');
    }
    for (const level of LEVELS) {
      const length = (level / 1440) * DAY_MS;
      await runner.query(
        `INSERT INTO usage_ai_callers (level, start, owner_id, calls)
         SELECT ${level}, start / ${length} * ${length}, owner_id, SUM(calls) FROM usage_ai_owner_blocks
         WHERE level = 1440 GROUP BY start / ${length} * ${length}, owner_id`,
      );
    }
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('usage_ai_callers');
  }
}
