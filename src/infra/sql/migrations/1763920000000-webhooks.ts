import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { flag, index, primaryText, text, wholeNumber } from './column-builders.js';

/** Endpoints of users, the messages for them, and every call that was made. */
export class Webhooks1763920000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables()) await runner.createTable(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables().reverse()) await runner.dropTable(table);
  }
}

function tables(): Table[] {
  return [
    new Table({
      name: 'webhook_endpoints',
      columns: [
        primaryText('id'),
        text('user_id'),
        text('url'),
        text('description'),
        text('event_types'),
        flag('from_request'),
        text('disabled_reason', { isNullable: true }),
        wholeNumber('disabled_at', { isNullable: true }),
        text('secret'),
        text('previous_secret', { isNullable: true }),
        wholeNumber('previous_until', { isNullable: true }),
        wholeNumber('failing_since', { isNullable: true }),
        wholeNumber('slow_until', { isNullable: true }),
        wholeNumber('slow_ms'),
        wholeNumber('last_success_at', { isNullable: true }),
        wholeNumber('used_at'),
        wholeNumber('created_at'),
      ],
      uniques: [{ name: 'UQ_webhook_endpoints_user_id_url', columnNames: ['user_id', 'url'] }],
    }),
    new Table({
      name: 'webhook_deliveries',
      columns: [
        primaryText('id'),
        text('endpoint_id'),
        text('user_id'),
        text('type'),
        text('body'),
        text('status'),
        wholeNumber('attempts'),
        wholeNumber('round_start'),
        wholeNumber('next_attempt_at', { isNullable: true }),
        text('last_outcome', { isNullable: true }),
        wholeNumber('created_at'),
        wholeNumber('ended_at', { isNullable: true }),
      ],
      indices: [
        index('webhook_deliveries', 'user_id', 'created_at'),
        index('webhook_deliveries', 'endpoint_id'),
        index('webhook_deliveries', 'status', 'next_attempt_at'),
        index('webhook_deliveries', 'created_at'),
      ],
    }),
    new Table({
      name: 'webhook_attempts',
      columns: [
        primaryText('delivery_id'),
        wholeNumber('attempt', { isPrimary: true }),
        wholeNumber('attempted_at'),
        wholeNumber('duration_ms'),
        wholeNumber('http_status', { isNullable: true }),
        text('outcome'),
      ],
      foreignKeys: [
        {
          name: 'FK_webhook_attempts_delivery_id',
          columnNames: ['delivery_id'],
          referencedTableName: 'webhook_deliveries',
          referencedColumnNames: ['id'],
          onDelete: 'CASCADE',
        },
      ],
    }),
  ];
}
