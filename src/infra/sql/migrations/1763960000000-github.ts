import { type MigrationInterface, type QueryRunner, Table } from 'typeorm';
import { flag, index, primaryText, text, wholeNumber } from './column-builders.js';

const optional = { isNullable: true };
const primary = { isPrimary: true };

/** The GitHub dashboard: repositories with their figures, the commits they come from, and the refreshes. */
export class Github1763960000000 implements MigrationInterface {
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
      name: 'github_repositories',
      columns: [
        primaryText('id'),
        text('owner'),
        text('name'),
        text('name_key'),
        text('url'),
        flag('is_private'),
        text('state'),
        text('head_oid', optional),
        wholeNumber('commit_count'),
        wholeNumber('first_commit_at', optional),
        wholeNumber('last_commit_at', optional),
        wholeNumber('active_days'),
        wholeNumber('additions'),
        wholeNumber('deletions'),
        flag('is_churn_complete'),
        wholeNumber('coding_seconds'),
        text('primary_language', optional),
        wholeNumber('size_kb'),
        wholeNumber('loc'),
        text('loc_source', optional),
        text('loc_oid', optional),
        wholeNumber('refreshed_at', optional),
        wholeNumber('revision'),
      ],
      indices: [index('github_repositories', 'name_key')],
    }),
    new Table({
      name: 'github_commits',
      columns: [
        primaryText('repository_id'),
        primaryText('oid'),
        wholeNumber('walk'),
        wholeNumber('committed_at'),
        wholeNumber('authored_at'),
        text('author'),
        flag('is_merge'),
        wholeNumber('additions', optional),
        wholeNumber('deletions', optional),
      ],
    }),
    new Table({
      name: 'github_days',
      columns: [
        primaryText('repository_id'),
        wholeNumber('day', primary),
        wholeNumber('commits'),
        wholeNumber('additions'),
        wholeNumber('deletions'),
      ],
    }),
    new Table({
      name: 'github_walks',
      columns: [
        primaryText('repository_id'),
        text('base_oid', optional),
        wholeNumber('base_count'),
        wholeNumber('base_from'),
        wholeNumber('base_to'),
        wholeNumber('number'),
        text('head_oid', optional),
        flag('is_whole'),
        text('cursor', optional),
        wholeNumber('new_count'),
        flag('met_base'),
        wholeNumber('page_size'),
        wholeNumber('pages_without_churn'),
      ],
    }),
    new Table({
      name: 'github_refresh_jobs',
      columns: [
        primaryText('id'),
        text('active_key', optional),
        text('status'),
        wholeNumber('created_at'),
        wholeNumber('started_at', optional),
        wholeNumber('completed_at', optional),
        text('error_message', optional),
        wholeNumber('total_repositories', optional),
        wholeNumber('repositories_processed'),
        wholeNumber('current_share'),
        wholeNumber('rate_remaining', optional),
        wholeNumber('rate_reset_at', optional),
        wholeNumber('points_used'),
        wholeNumber('paused_until', optional),
        wholeNumber('fencing_token'),
      ],
      uniques: [{ name: 'UQ_github_refresh_jobs_active_key', columnNames: ['active_key'] }],
      indices: [index('github_refresh_jobs', 'created_at')],
    }),
    new Table({
      name: 'github_refresh_items',
      columns: [
        primaryText('job_id'),
        wholeNumber('position', primary),
        text('repository_id'),
        text('name'),
        text('status'),
        text('error', optional),
        text('listed', optional),
      ],
    }),
    new Table({
      name: 'github_refresh_keys',
      columns: [
        primaryText('id'),
        text('user_id'),
        text('job_id'),
        text('status', optional),
        wholeNumber('created_at'),
      ],
      indices: [index('github_refresh_keys', 'created_at')],
    }),
  ];
}
