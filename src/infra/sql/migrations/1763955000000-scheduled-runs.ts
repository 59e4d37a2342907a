import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { primaryText, wholeNumber } from './column-builders.js';

/** When syncs that are done by the clock were last begun. */
export class ScheduledRuns1763955000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.createTable(
      new Table({ name: 'scheduled_runs', columns: [primaryText('name'), wholeNumber('last_run_at')] }),
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropTable('scheduled_runs');
  }
}
