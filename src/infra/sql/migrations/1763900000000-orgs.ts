import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { index, primaryText, text, wholeNumber } from './column-builders.js';

/** Organizations, which own activity data, and their members. */
export class Orgs1763900000000 implements MigrationInterface {
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
      name: 'orgs',
      columns: [
        primaryText('id'),
        text('name'),
        wholeNumber('created_at'),
        wholeNumber('erasing_at', { isNullable: true }),
      ],
      uniques: [{ name: 'UQ_orgs_name', columnNames: ['name'] }],
    }),
    new Table({
      name: 'org_members',
      // Without a reference to users: a token minted elsewhere may own an organization without an account here.
      columns: [
        primaryText('org_id'),
        primaryText('user_id'),
        text('role'),
        text('user_name'),
        wholeNumber('created_at'),
      ],
      uniques: [{ name: 'UQ_org_members_user_name', columnNames: ['org_id', 'user_name'] }],
      indices: [index('org_members', 'user_id')],
      foreignKeys: [
        {
          name: 'FK_org_members_org_id',
          columnNames: ['org_id'],
          referencedTableName: 'orgs',
          referencedColumnNames: ['id'],
          onDelete: 'CASCADE',
        },
      ],
    }),
  ];
}
