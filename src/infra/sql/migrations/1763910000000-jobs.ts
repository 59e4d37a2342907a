import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { index, primaryText, text, wholeNumber } from './column-builders.js';

/** Jobs, and what the instance must know of itself. */
export class Jobs1763910000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables()) await runner.createTable(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables().reverse()) await runner.dropTable(table);
  }
}

function tables(): Table[] {
  return [
    new Table({ name: 'instance_values', columns: [primaryText('name'), text('value')] }),
    new Table({
      name: 'jobs',
      columns: [
        primaryText('kind'),
        primaryText('id'),
        text('user_id', { isNullable: true }),
        text('state'),
        text('payload'),
        text('checkpoint', { isNullable: true }),
        wholeNumber('precedence'),
        wholeNumber('turn'),
        wholeNumber('started_turn', { isNullable: true }),
        wholeNumber('run_at'),
        wholeNumber('attempts'),
        wholeNumber('max_attempts'),
        wholeNumber('progress'),
        wholeNumber('token'),
        text('worker', { isNullable: true }),
        text('reserved_for', { isNullable: true }),
        wholeNumber('reserved_until', { isNullable: true }),
        wholeNumber('lease_until', { isNullable: true }),
        text('error_code', { isNullable: true }),
        text('error_message', { isNullable: true }),
        wholeNumber('tell_at', { isNullable: true }),
        wholeNumber('keep_ms'),
        wholeNumber('created_at'),
        wholeNumber('started_at', { isNullable: true }),
        wholeNumber('ended_at', { isNullable: true }),
      ],
      indices: [
        index('jobs', 'state', 'kind', 'precedence', 'turn'),
        index('jobs', 'kind', 'started_turn'),
        index('jobs', 'user_id', 'kind', 'state'),
        index('jobs', 'tell_at'),
        index('jobs', 'ended_at'),
      ],
    }),
  ];
}
