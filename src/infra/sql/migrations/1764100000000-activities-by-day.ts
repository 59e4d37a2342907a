import type { MigrationInterface, QueryRunner } from 'typeorm';
import { index } from './column-builders.js';

const TABLE = 'usage_activities';
const BY_TIME = index(TABLE, 'occurred_at').name;
const BY_DAY = `IDX_${TABLE}_day_user_id_occurred_at`;

/**
 * Activities are found by day and user instead of by user: rows of the present then touch the same few pages of the index, where
 * each row touched one of its own before, all of which PostgreSQL writes to its log again after every checkpoint.
 */
export class ActivitiesByDay1764100000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.dropPrimaryKey(TABLE);
    await runner.createPrimaryKey(TABLE, ['occurred_at', 'id']);
    await runner.dropIndex(TABLE, BY_TIME!);
    await runner.query(`CREATE INDEX "${BY_DAY}" ON "${TABLE}" (("occurred_at" / 86400000), "user_id", "occurred_at")`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX "${BY_DAY}"`);
    await runner.dropPrimaryKey(TABLE);
    await runner.createPrimaryKey(TABLE, ['user_id', 'occurred_at', 'id']);
    await runner.query(`CREATE INDEX "${BY_TIME}" ON "${TABLE}" ("occurred_at")`);
  }
}
