import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';
import { flag, index, primaryText, text, wholeNumber } from './column-builders.js';

/** Rows that are updated in place most of the time find room on their own page (PostgreSQL). */
const OFTEN_UPDATED = [
  'usage_sessions',
  'usage_activity_cells',
  'usage_returns',
  'usage_ai_cells',
  'usage_ai_latencies',
  'usage_ai_owner_cells',
  'usage_ai_owner_blocks',
];

/**
 * User activity and AI calls: raw rows, which are pruned after a time, and what reports are answered from, which stays.
 * Times are epoch milliseconds; cells begin at whole quarters of an hour of UTC, which are fine enough for the days
 * of every time zone.
 */
export class Usage1763930000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables()) await runner.createTable(table);
    if (runner.dataSource.options.type !== 'postgres') return;
    for (const table of OFTEN_UPDATED) await runner.query(`ALTER TABLE "${table}" SET (fillfactor = 75)`);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables().reverse()) await runner.dropTable(table);
  }
}

const serial: TableColumnOptions = {
  name: 'id',
  type: 'integer',
  isPrimary: true,
  isGenerated: true,
  isNullable: false,
};
const number = (name: string): TableColumnOptions => ({ name, type: 'integer', isNullable: false });
const primary = (column: TableColumnOptions): TableColumnOptions => ({ ...column, isPrimary: true });
const optional = { isNullable: true };

/** Sums over the calls of a cell. Costs are computed from them at the time of the report, by the prices then in force. */
const aiSums = (): TableColumnOptions[] => [
  wholeNumber('calls'),
  wholeNumber('errors'),
  wholeNumber('response_us'),
  wholeNumber('tokens'),
  wholeNumber('input_tokens'),
  wholeNumber('cached_tokens'),
  wholeNumber('output_tokens'),
  wholeNumber('reasoning_tokens'),
];

const rawEvent = (table: string) => ({
  uniques: [{ name: `UQ_${table}_event_id`, columnNames: ['event_id'] }],
  indices: [index(table, 'occurred_at')],
});

function tables(): Table[] {
  return [
    // Users and projects, models and kinds of calls: a number for each name.
    new Table({
      name: 'usage_names',
      columns: [{ ...serial, generationStrategy: 'increment' }, text('kind'), text('name')],
      uniques: [{ name: 'UQ_usage_names_kind_name', columnNames: ['kind', 'name'] }],
    }),
    new Table({
      name: 'usage_series',
      columns: [
        { ...serial, generationStrategy: 'increment' },
        text('provider'),
        text('model'),
        text('call_type'),
        number('split'),
        wholeNumber('input_above'),
      ],
      uniques: [
        {
          name: 'UQ_usage_series_all',
          columnNames: ['provider', 'model', 'call_type', 'split', 'input_above'],
        },
      ],
    }),
    ...activityTables(),
    ...aiTables(),
  ];
}

function activityTables(): Table[] {
  return [
    new Table({
      name: 'usage_activities',
      columns: [
        primary(number('user_id')),
        primary(wholeNumber('occurred_at')),
        primaryText('id'),
        text('event_id', optional),
        text('action'),
        text('session_id', optional),
        text('ip_address', optional),
        text('user_agent', optional),
        text('metadata', optional),
        wholeNumber('received_at'),
        flag('clamped'),
      ],
      ...rawEvent('usage_activities'),
    }),
    new Table({
      name: 'usage_sessions',
      columns: [
        primary(number('user_id')),
        primary(wholeNumber('started_at')),
        // Two sessions of one user begin in the same millisecond when its events name two sessions.
        primary(number('ordinal')),
        wholeNumber('ended_at'),
        text('session_id', optional),
        wholeNumber('previous_ended_at'),
      ],
      indices: [
        index('usage_sessions', 'started_at', 'previous_ended_at'),
        index('usage_sessions', 'previous_ended_at', 'started_at'),
      ],
    }),
    new Table({
      name: 'usage_activity_cells',
      columns: [
        primary(wholeNumber('start')),
        wholeNumber('events'),
        wholeNumber('logins'),
        wholeNumber('registrations'),
        wholeNumber('sessions'),
        wholeNumber('session_ms'),
        wholeNumber('straddling'),
        wholeNumber('returns_change'),
      ],
    }),
    new Table({
      name: 'usage_returns',
      columns: [primary(number('started_day')), primary(number('previous_day')), wholeNumber('sessions')],
      indices: [index('usage_returns', 'previous_day')],
    }),
  ];
}

function aiTables(): Table[] {
  return [
    new Table({
      name: 'usage_ai_calls',
      columns: [
        primary(wholeNumber('occurred_at')),
        primaryText('id'),
        number('user_id'),
        number('series_id'),
        { ...number('project_id'), ...optional },
        text('event_id', optional),
        wholeNumber('response_us'),
        wholeNumber('tokens'),
        wholeNumber('input_tokens', optional),
        wholeNumber('cached_input_tokens', optional),
        wholeNumber('output_tokens', optional),
        wholeNumber('reasoning_tokens', optional),
        flag('success'),
        text('error', optional),
        wholeNumber('received_at'),
        flag('clamped'),
      ],
      uniques: [{ name: 'UQ_usage_ai_calls_event_id', columnNames: ['event_id'] }],
    }),
    new Table({
      name: 'usage_ai_cells',
      columns: [primary(number('level')), primary(wholeNumber('start')), primary(number('series_id')), ...aiSums()],
    }),
    new Table({
      name: 'usage_ai_latencies',
      columns: [primary(number('level')), primary(wholeNumber('start')), primary(number('scope_id')), text('buckets')],
    }),
    new Table({
      name: 'usage_ai_owner_cells',
      columns: [
        primary(number('owner_id')),
        primary(wholeNumber('start')),
        primary(number('series_id')),
        ...aiSums(),
        text('buckets'),
      ],
    }),
    new Table({
      name: 'usage_ai_owner_blocks',
      columns: [
        primary(number('level')),
        primary(wholeNumber('start')),
        primary(number('owner_id')),
        primary(number('series_id')),
        ...aiSums(),
      ],
    }),
  ];
}
