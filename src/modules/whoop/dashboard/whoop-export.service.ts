import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import { stringify } from 'csv-stringify/sync';
import { Clock } from '../../../common/time/clock.js';
import { WhoopCycleDto } from '../dto/cycle.dto.js';
import { WhoopProfileDto } from '../dto/profile.dto.js';
import { WhoopRecoveryDto } from '../dto/recovery.dto.js';
import { WhoopSleepDto } from '../dto/sleep.dto.js';
import { WhoopWorkoutDto } from '../dto/workout.dto.js';
import { WhoopRecordsRepository } from '../records/whoop-records.repository.js';
import { RECORD_KINDS, type RecordKind, type RecordRows } from '../records/whoop-rows.js';
import { WhoopDashboardService } from './whoop-dashboard.service.js';

export type ExportFormat = 'csv' | 'json';

export interface WhoopExport {
  body: Readable;
  contentType: string;
  fileName: string;
}

const SHAPES: { [K in RecordKind]: (row: RecordRows[K]) => object } = {
  sleep: (row) => WhoopSleepDto.from(row),
  cycles: (row) => WhoopCycleDto.from(row),
  recovery: (row) => WhoopRecoveryDto.from(row),
  workouts: (row) => WhoopWorkoutDto.from(row),
};
const ROWS_AT_ONCE = 200;
/** Of every kind: a record leaves the columns of the others empty. */
const COLUMNS = [
  'kind',
  'id',
  'date',
  'start_time',
  'end_time',
  'timezone_offset',
  'score_state',
  'cycle_id',
  'sleep_id',
  'nap',
  'recovery_score',
  'recovery_status',
  'resting_heart_rate',
  'hrv_rmssd',
  'spo2_percentage',
  'skin_temp_celsius',
  'user_calibrating',
  'total_sleep_min',
  'rem_sleep_min',
  'deep_sleep_min',
  'light_sleep_min',
  'awake_min',
  'no_data_min',
  'in_bed_min',
  'sleep_needed_min',
  'sleep_performance',
  'sleep_efficiency',
  'sleep_consistency',
  'respiratory_rate',
  'sleep_cycle_count',
  'disturbance_count',
  'sport_id',
  'sport_name',
  'sport',
  'strain',
  'average_heart_rate',
  'max_heart_rate',
  'calories',
  'kilojoules',
  'distance_meters',
  'duration_min',
  'percent_recorded',
  'altitude_gain_meters',
  'altitude_change_meters',
  'created_at',
  'updated_at',
];

/** All that is stored, piece by piece. */
@Injectable()
export class WhoopExportService {
  constructor(
    private readonly records: WhoopRecordsRepository,
    private readonly dashboard: WhoopDashboardService,
    private readonly clock: Clock,
  ) {}

  async export(format: ExportFormat): Promise<WhoopExport> {
    const memberId = await this.dashboard.memberId();
    const fileName = `whoop-${new Date(this.clock.now()).toISOString().slice(0, 10)}.${format}`;
    const pieces = format === 'csv' ? this.csv(memberId) : this.json(memberId);
    const contentType = format === 'csv' ? 'text/csv; charset=utf-8' : 'application/json; charset=utf-8';
    return { body: Readable.from(pieces, { objectMode: false }), contentType, fileName };
  }

  /** The profile and each record, for the export of an account. */
  async *accountRows(memberId: string): AsyncGenerator<object> {
    const profile = await this.records.findProfile(memberId);
    if (profile !== null) yield { kind: 'profile', ...WhoopProfileDto.from({ profile, source: 'cache' }) };
    yield* this.rows(memberId);
  }

  private async *rows(memberId: string): AsyncGenerator<object> {
    for (const kind of RECORD_KINDS) {
      for await (const row of this.shapes(memberId, kind)) yield { kind, ...row };
    }
  }

  private async *csv(memberId: string): AsyncGenerator<string> {
    yield stringify([COLUMNS]);
    let batch: object[] = [];
    for await (const row of this.rows(memberId)) {
      batch.push(row);
      if (batch.length < ROWS_AT_ONCE) continue;
      yield stringify(batch, { columns: COLUMNS, cast: CASTS });
      batch = [];
    }
    if (batch.length > 0) yield stringify(batch, { columns: COLUMNS, cast: CASTS });
  }

  private async *json(memberId: string): AsyncGenerator<string> {
    const profile = await this.records.findProfile(memberId);
    const shown = profile === null ? null : WhoopProfileDto.from({ profile, source: 'cache' });
    yield `{"exported_at":${JSON.stringify(new Date(this.clock.now()))},"profile":${JSON.stringify(shown)}`;
    for (const kind of RECORD_KINDS) {
      yield `,"${kind}":[`;
      let separator = '';
      for await (const row of this.shapes(memberId, kind)) {
        yield `${separator}${JSON.stringify(row)}`;
        separator = ',';
      }
      yield ']';
    }
    yield '}';
  }

  private async *shapes<K extends RecordKind>(memberId: string, kind: K): AsyncGenerator<object> {
    for await (const row of this.records.stream(memberId, kind)) yield SHAPES[kind](row);
  }
}

/** Spreadsheets take no text of WHOOP's for a formula; an offset such as -05:00 and numbers stay what they are. */
const CASTS = {
  boolean: (value: boolean) => String(value),
  string: (value: string) => (/^[=+\-@\t\r]/.test(value) && !/^[+-]\d\d:?\d\d$/.test(value) ? `'${value}` : value),
};
