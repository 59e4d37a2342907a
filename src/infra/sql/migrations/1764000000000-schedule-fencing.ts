import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { text, wholeNumber } from './column-builders.js';

const OPTIONAL = { isNullable: true };

/**
 * Which holder of the lease may begin what is due, and what became of what it carried out. The release before writes rows without
 * these.
 */
export class ScheduleFencing1764000000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumns('scheduled_runs', columns());
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumns('scheduled_runs', columns());
  }
}

function columns(): TableColumn[] {
  return [
    wholeNumber('fencing_token', { default: 0 }),
    wholeNumber('started_at', OPTIONAL),
    wholeNumber('ended_at', OPTIONAL),
    text('outcome', OPTIONAL),
    text('error', OPTIONAL),
  ].map((column) => new TableColumn(column));
}
