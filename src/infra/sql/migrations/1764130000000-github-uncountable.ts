import { type MigrationInterface, type QueryRunner, TableColumn } from 'typeorm';
import { text } from './column-builders.js';

/** A repository that is too large to be counted is not downloaded again with each refresh. */
export class GithubUncountable1764130000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.addColumn('github_repositories', new TableColumn(text('uncountable', { isNullable: true })));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.dropColumn('github_repositories', 'uncountable');
  }
}
