import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { index, primaryText, text, wholeNumber } from './column-builders.js';

/** Limits on what AI calls may cost, and which of their thresholds were reached in which period. */
export class Budgets1763940000000 implements MigrationInterface {
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
      name: 'budgets',
      columns: [
        primaryText('id'),
        text('user_id'),
        text('scope'),
        text('scope_id', { isNullable: true }),
        text('period'),
        wholeNumber('limit_nano_usd'),
        text('thresholds'),
        text('webhook_url', { isNullable: true }),
        text('time_zone'),
        wholeNumber('created_at'),
        wholeNumber('updated_at'),
      ],
      indices: [index('budgets', 'user_id')],
    }),
    new Table({
      name: 'budget_firings',
      columns: [
        primaryText('budget_id'),
        wholeNumber('period_start', { isPrimary: true }),
        wholeNumber('threshold', { isPrimary: true }),
        wholeNumber('period_end'),
        wholeNumber('spend_nano_usd'),
        wholeNumber('limit_nano_usd'),
        wholeNumber('unpriced_calls'),
        wholeNumber('fired_at'),
        text('state'),
      ],
      foreignKeys: [
        {
          name: 'FK_budget_firings_budget_id',
          columnNames: ['budget_id'],
          referencedTableName: 'budgets',
          referencedColumnNames: ['id'],
          onDelete: 'CASCADE',
        },
      ],
      indices: [index('budget_firings', 'state')],
    }),
  ];
}
