import { type MigrationInterface, type QueryRunner, Table, type TableColumnOptions } from 'typeorm';
import { decimal, flag, index, primaryText, text, wholeNumber } from './column-builders.js';

/** WHOOP: the grant of the member, what was fetched of the member's records, and every sync. */
export class Whoop1763990000000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    for (const table of tables()) await runner.createTable(table);
  }

  async down(runner: QueryRunner): Promise<void> {
    for (const table of tables().reverse()) await runner.dropTable(table);
  }
}

const NULLABLE = { isNullable: true };
const numbers = (...names: string[]): TableColumnOptions[] => names.map((name) => decimal(name, NULLABLE));
const wholes = (...names: string[]): TableColumnOptions[] => names.map((name) => wholeNumber(name, NULLABLE));
/** What every kind of record has at its end. */
const bookkeeping = (): TableColumnOptions[] => [
  text('score_state'),
  wholeNumber('created_at'),
  wholeNumber('updated_at'),
  text('seen_in', NULLABLE),
  wholeNumber('stored_at'),
];

function tables(): Table[] {
  return [...accessTables(), ...recordTables(), syncRuns()];
}

function accessTables(): Table[] {
  return [
    new Table({
      name: 'whoop_grants',
      columns: [
        primaryText('id'),
        text('member_id', NULLABLE),
        text('access_token', NULLABLE),
        text('refresh_token', NULLABLE),
        ...wholes('expires_at'),
        text('scope', NULLABLE),
        wholeNumber('version'),
        text('reauth_reason', NULLABLE),
        ...wholes('sent_at'),
        text('sent_by', NULLABLE),
        text('seed_hash', NULLABLE),
        text('linked_by', NULLABLE),
        ...wholes('linked_at'),
        wholeNumber('updated_at'),
      ],
    }),
    new Table({
      name: 'whoop_auth_states',
      columns: [primaryText('state_hash'), text('user_id'), text('redirect_uri'), wholeNumber('created_at')],
    }),
    new Table({
      name: 'whoop_profiles',
      columns: [
        primaryText('member_id'),
        text('first_name'),
        text('last_name'),
        text('email'),
        wholeNumber('updated_at'),
      ],
    }),
  ];
}

function recordTables(): Table[] {
  return [
    new Table({
      name: 'whoop_cycles',
      columns: [
        primaryText('member_id'),
        primaryText('cycle_id'),
        text('date'),
        wholeNumber('start_time'),
        ...wholes('end_time'),
        text('timezone_offset'),
        ...numbers('strain', 'kilojoules', 'average_heart_rate', 'max_heart_rate'),
        ...bookkeeping(),
      ],
      indices: [index('whoop_cycles', 'member_id', 'date'), index('whoop_cycles', 'member_id', 'start_time')],
    }),
    new Table({
      name: 'whoop_recoveries',
      columns: [
        primaryText('member_id'),
        primaryText('cycle_id'),
        text('sleep_id'),
        text('date'),
        wholeNumber('start_time'),
        { ...flag('user_calibrating'), isNullable: true },
        ...numbers('recovery_score', 'resting_heart_rate', 'hrv_rmssd', 'spo2_percentage', 'skin_temp_celsius'),
        ...bookkeeping(),
      ],
      indices: [
        index('whoop_recoveries', 'member_id', 'date'),
        index('whoop_recoveries', 'member_id', 'start_time'),
        index('whoop_recoveries', 'member_id', 'sleep_id'),
      ],
    }),
    new Table({
      name: 'whoop_sleeps',
      columns: [
        primaryText('member_id'),
        primaryText('sleep_id'),
        text('cycle_id'),
        text('date'),
        wholeNumber('start_time'),
        wholeNumber('end_time'),
        text('timezone_offset'),
        flag('nap'),
        ...wholes('in_bed_ms', 'awake_ms', 'no_data_ms', 'light_ms', 'slow_wave_ms', 'rem_ms', 'needed_ms'),
        ...wholes('sleep_cycle_count', 'disturbance_count'),
        ...numbers('respiratory_rate', 'sleep_performance', 'sleep_consistency', 'sleep_efficiency'),
        ...bookkeeping(),
      ],
      indices: [
        index('whoop_sleeps', 'member_id', 'date'),
        index('whoop_sleeps', 'member_id', 'start_time'),
        index('whoop_sleeps', 'member_id', 'cycle_id'),
      ],
    }),
    new Table({
      name: 'whoop_workouts',
      columns: [
        primaryText('member_id'),
        primaryText('workout_id'),
        text('date'),
        wholeNumber('start_time'),
        wholeNumber('end_time'),
        text('timezone_offset'),
        text('sport_name'),
        ...wholes('sport_id'),
        ...numbers('strain', 'average_heart_rate', 'max_heart_rate', 'kilojoules', 'percent_recorded'),
        ...numbers('distance_meters', 'altitude_gain_meters', 'altitude_change_meters'),
        text('zones_ms', NULLABLE),
        ...bookkeeping(),
      ],
      indices: [index('whoop_workouts', 'member_id', 'date'), index('whoop_workouts', 'member_id', 'start_time')],
    }),
  ];
}

function syncRuns(): Table {
  return new Table({
    name: 'whoop_sync_runs',
    columns: [
      primaryText('id'),
      text('slot', NULLABLE),
      text('type'),
      ...wholes('days'),
      text('status'),
      wholeNumber('started_at'),
      ...wholes('ended_at'),
      text('progress'),
      wholeNumber('records_synced'),
      text('error_message', NULLABLE),
      text('error_code', NULLABLE),
      wholeNumber('fence'),
    ],
    uniques: [{ name: 'UQ_whoop_sync_runs_slot', columnNames: ['slot'] }],
    indices: [index('whoop_sync_runs', 'started_at')],
  });
}
