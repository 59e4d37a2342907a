import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { text } from './column-builders.js';

/** Members of WHOOP know which account linked them, so that they can be erased with it when the link is gone. */
export class WhoopOwners1764120000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('whoop_profiles', new TableColumn(text('linked_by', { isNullable: true })));
    await runner.query(
      `UPDATE whoop_profiles SET linked_by =
         (SELECT linked_by FROM whoop_grants WHERE whoop_grants.member_id = whoop_profiles.member_id)`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('whoop_profiles', 'linked_by');
  }
}
