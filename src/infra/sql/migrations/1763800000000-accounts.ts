import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { flag, index, primaryText, text, wholeNumber } from './column-builders.js';

const ownedByUser = (table: string) => ({
  name: `FK_${table}_user_id`,
  columnNames: ['user_id'],
  referencedTableName: 'users',
  referencedColumnNames: ['id'],
  onDelete: 'CASCADE',
});

/** Users, their sessions and API keys, and what guards them. */
export class Accounts1763800000000 implements MigrationInterface {
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
      name: 'users',
      columns: [
        primaryText('id'),
        text('email'),
        text('email_key'),
        text('name'),
        text('password_hash', { isNullable: true }),
        text('oauth_provider', { isNullable: true }),
        text('role'),
        text('grants'),
        text('settings'),
        flag('disabled'),
        wholeNumber('token_version'),
        wholeNumber('tokens_valid_after'),
        wholeNumber('created_at'),
        wholeNumber('deleted_at', { isNullable: true }),
      ],
      uniques: [{ name: 'UQ_users_email_key', columnNames: ['email_key'] }],
    }),
    new Table({ name: 'instance_claims', columns: [primaryText('name'), wholeNumber('claimed_at')] }),
    new Table({
      name: 'sessions',
      columns: [
        primaryText('id'),
        text('user_id'),
        text('current_hash'),
        text('previous_hash', { isNullable: true }),
        text('address_hash'),
        wholeNumber('created_at'),
        wholeNumber('rotated_at'),
        wholeNumber('expires_at'),
        wholeNumber('revoked_at', { isNullable: true }),
      ],
      foreignKeys: [ownedByUser('sessions')],
      indices: [index('sessions', 'user_id'), index('sessions', 'expires_at')],
    }),
    new Table({
      name: 'api_keys',
      columns: [
        primaryText('id'),
        text('user_id'),
        text('name'),
        text('prefix'),
        text('secret_hash'),
        text('scopes'),
        wholeNumber('created_at'),
        wholeNumber('expires_at', { isNullable: true }),
        wholeNumber('last_used_at', { isNullable: true }),
      ],
      foreignKeys: [ownedByUser('api_keys')],
      indices: [index('api_keys', 'user_id')],
    }),
    new Table({
      name: 'denied_tokens',
      columns: [primaryText('id'), wholeNumber('denied_at'), wholeNumber('expires_at')],
      indices: [index('denied_tokens', 'denied_at'), index('denied_tokens', 'expires_at')],
    }),
    new Table({
      name: 'login_attempts',
      columns: [
        primaryText('id'),
        wholeNumber('failures'),
        wholeNumber('started_at'),
        wholeNumber('blocked_until'),
        wholeNumber('expires_at'),
      ],
      indices: [index('login_attempts', 'expires_at')],
    }),
    new Table({
      name: 'account_erasures',
      columns: [primaryText('user_id'), wholeNumber('requested_at'), wholeNumber('attempts')],
    }),
    new Table({ name: 'erased_accounts', columns: [primaryText('subject_hash'), wholeNumber('erased_at')] }),
  ];
}
