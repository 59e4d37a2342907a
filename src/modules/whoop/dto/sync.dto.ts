import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { RECORD_KINDS, type RecordKind } from '../records/whoop-rows.js';
import { periodDays, recordsOf, SYNC_TYPES, type SyncStatus, type SyncType } from '../sync/sync-progress.js';
import type { SyncOverview } from '../sync/whoop-sync.service.js';
import type { SyncRunRow } from '../sync/whoop-sync-runs.repository.js';

const END_STATUSES = ['completed', 'partial', 'failed'] as const;
const iso = (time: number | null): string | null => (time === null ? null : new Date(time).toISOString());

export class WhoopCountsDto {
  @ApiProperty({ example: 7 })
  recovery: number;

  @ApiProperty({ example: 9 })
  sleep: number;

  @ApiProperty({ example: 5 })
  workouts: number;

  @ApiProperty({ example: 8 })
  cycles: number;

  static from({ recovery, sleep, workouts, cycles }: Record<RecordKind, number>): WhoopCountsDto {
    const dto = new WhoopCountsDto();
    Object.assign(dto, { recovery, sleep, workouts, cycles });
    return dto;
  }

  static ofRun({ progress: { kinds } }: SyncRunRow): WhoopCountsDto {
    return WhoopCountsDto.from({
      recovery: recordsOf(kinds.recovery),
      sleep: recordsOf(kinds.sleep),
      workouts: recordsOf(kinds.workouts),
      cycles: recordsOf(kinds.cycles),
    });
  }
}

export class WhoopSyncErrorsDto {
  @ApiPropertyOptional({ example: 'WHOOP answered with status 500' })
  recovery?: string;

  @ApiPropertyOptional({ example: 'WHOOP did not answer' })
  sleep?: string;

  @ApiPropertyOptional({ example: 'WHOOP did not answer' })
  workouts?: string;

  @ApiPropertyOptional({ example: 'WHOOP did not answer' })
  cycles?: string;

  /** Null: nothing went wrong. */
  static ofRun({ progress: { kinds } }: SyncRunRow): WhoopSyncErrorsDto | null {
    const dto = new WhoopSyncErrorsDto();
    for (const kind of RECORD_KINDS) {
      const { error } = kinds[kind];
      if (error !== null) dto[kind] = error;
    }
    return Object.keys(dto).length === 0 ? null : dto;
  }
}

export class WhoopRefreshDto {
  @ApiProperty({ example: 'Synced the last 7 days' })
  message: string;

  @ApiProperty({ type: WhoopCountsDto })
  synced: WhoopCountsDto;

  @ApiProperty({
    example: 7,
    description: 'Of the sync that ended: one that was running already may be of other days.',
  })
  period_days: number;

  @ApiProperty({ enum: END_STATUSES, example: 'completed', description: '`partial`: `errors` says what is missing.' })
  status: SyncStatus;

  @ApiProperty({ type: WhoopSyncErrorsDto, nullable: true, example: null })
  errors: WhoopSyncErrorsDto | null;

  static from(run: SyncRunRow): WhoopRefreshDto {
    const dto = new WhoopRefreshDto();
    const days = periodDays(run.progress);
    dto.message = run.status === 'completed' ? `Synced the last ${days} days` : `Synced in part: ${run.errorMessage}`;
    dto.synced = WhoopCountsDto.ofRun(run);
    dto.period_days = days;
    dto.status = run.status;
    dto.errors = WhoopSyncErrorsDto.ofRun(run);
    return dto;
  }
}

export class WhoopTodayDto {
  @ApiProperty({ enum: ['success', 'skipped', 'error'], example: 'success' })
  status: 'success' | 'skipped' | 'error';

  @ApiPropertyOptional({ example: 'WHOOP did not answer', description: 'Why it was skipped, or what went wrong.' })
  reason?: string;

  @ApiProperty({ example: 'Synced the last 2 days' })
  message: string;

  @ApiPropertyOptional({ type: WhoopCountsDto })
  synced?: WhoopCountsDto;

  @ApiPropertyOptional({ example: 9 })
  total_records?: number;

  static success(run: SyncRunRow): WhoopTodayDto {
    const dto = new WhoopTodayDto();
    dto.status = 'success';
    dto.message = `Synced the last ${periodDays(run.progress)} days`;
    dto.synced = WhoopCountsDto.ofRun(run);
    dto.total_records = run.recordsSynced;
    return dto;
  }

  static cached(status: 'skipped' | 'error', reason: string): WhoopTodayDto {
    const dto = new WhoopTodayDto();
    dto.status = status;
    dto.reason = reason;
    dto.message = 'Using cached data from database';
    return dto;
  }
}

export class WhoopKindResultDto {
  @ApiProperty({ example: 2 })
  new: number;

  @ApiProperty({ example: 1, description: 'Scored again, for example.' })
  updated: number;

  @ApiProperty({ example: 5 })
  unchanged: number;

  @ApiProperty({ example: 0, description: 'WHOOP no longer has them.' })
  deleted: number;

  @ApiProperty({ format: 'date-time', example: '2025-11-13T03:43:00.000Z' })
  start_date: string;

  @ApiProperty({ format: 'date-time', example: '2025-11-20T03:43:00.000Z' })
  end_date: string;

  @ApiProperty({ enum: ['completed', 'failed'], example: 'completed' })
  status: string;

  @ApiProperty({ type: String, nullable: true, example: null })
  error: string | null;

  static ofRun({ progress }: SyncRunRow, kind: RecordKind): WhoopKindResultDto {
    const result = progress.kinds[kind];
    const dto = new WhoopKindResultDto();
    dto.new = result.new;
    dto.updated = result.updated;
    dto.unchanged = result.unchanged;
    dto.deleted = result.deleted;
    dto.start_date = new Date(result.start).toISOString();
    dto.end_date = new Date(progress.end).toISOString();
    dto.status = result.status === 'completed' ? 'completed' : 'failed';
    dto.error = result.error;
    return dto;
  }
}

export class WhoopSyncResultsDto {
  @ApiProperty({ type: WhoopKindResultDto })
  recovery: WhoopKindResultDto;

  @ApiProperty({ type: WhoopKindResultDto })
  sleep: WhoopKindResultDto;

  @ApiProperty({ type: WhoopKindResultDto })
  workouts: WhoopKindResultDto;

  @ApiProperty({ type: WhoopKindResultDto })
  cycles: WhoopKindResultDto;
}

export class WhoopSyncDto {
  @ApiProperty({ example: 'The sync is completed' })
  message: string;

  @ApiProperty({ enum: END_STATUSES, example: 'completed' })
  status: SyncStatus;

  @ApiProperty({ type: WhoopSyncResultsDto })
  sync_results: WhoopSyncResultsDto;

  @ApiProperty({ type: WhoopCountsDto })
  synced: WhoopCountsDto;

  @ApiProperty({ type: WhoopCountsDto })
  database_totals: WhoopCountsDto;

  @ApiProperty({ format: 'date-time', example: '2025-11-20T03:43:05.000Z' })
  timestamp: string;

  static from(run: SyncRunRow, totals: Record<RecordKind, number>): WhoopSyncDto {
    const dto = new WhoopSyncDto();
    const result = (kind: RecordKind) => WhoopKindResultDto.ofRun(run, kind);
    dto.message = run.status === 'completed' ? 'The sync is completed' : `Synced in part: ${run.errorMessage}`;
    dto.status = run.status;
    dto.sync_results = {
      recovery: result('recovery'),
      sleep: result('sleep'),
      workouts: result('workouts'),
      cycles: result('cycles'),
    };
    dto.synced = WhoopCountsDto.ofRun(run);
    dto.database_totals = WhoopCountsDto.from(totals);
    dto.timestamp = iso(run.endedAt ?? run.startedAt)!;
    return dto;
  }
}

export class WhoopLastSyncDto {
  @ApiProperty({ format: 'date-time', example: '2025-11-20T03:43:05.000Z' })
  last_sync_at: string;

  @ApiProperty({ enum: SYNC_TYPES, example: 'scheduled' })
  last_sync_type: SyncType;

  @ApiProperty({ example: 29 })
  records_synced: number;

  @ApiProperty({ enum: END_STATUSES, example: 'completed' })
  status: SyncStatus;

  @ApiProperty({ type: String, nullable: true, example: null })
  error_message: string | null;
}

export class WhoopLatestDatesDto {
  @ApiProperty({ type: String, nullable: true, example: '2025-11-20' })
  recovery: string | null;

  @ApiProperty({ type: String, nullable: true, example: '2025-11-20' })
  sleep: string | null;

  @ApiProperty({ type: String, nullable: true, example: '2025-11-20' })
  cycle: string | null;
}

export class WhoopSyncStatusDto {
  @ApiProperty({ type: WhoopLastSyncDto, nullable: true })
  last_sync: WhoopLastSyncDto | null;

  @ApiProperty({ type: WhoopCountsDto })
  database_counts: WhoopCountsDto;

  @ApiProperty({ type: WhoopLatestDatesDto })
  latest_data_dates: WhoopLatestDatesDto;

  @ApiProperty({ example: 1463 })
  total_records: number;

  @ApiProperty({ type: String, nullable: true, format: 'date-time', example: '2025-11-21T03:43:00.000Z' })
  next_sync_at: string | null;

  @ApiProperty({ example: false, description: 'WHOOP no longer accepts the tokens: link again.' })
  reauthorisation_needed: boolean;

  static from({ last, counts, latestDates, nextSyncAt, reauthorisationNeeded }: SyncOverview): WhoopSyncStatusDto {
    const dto = new WhoopSyncStatusDto();
    dto.last_sync = last && {
      last_sync_at: iso(last.endedAt ?? last.startedAt)!,
      last_sync_type: last.type,
      records_synced: last.recordsSynced,
      status: last.status,
      error_message: last.errorMessage,
    };
    dto.database_counts = WhoopCountsDto.from(counts);
    dto.latest_data_dates = { recovery: latestDates.recovery, sleep: latestDates.sleep, cycle: latestDates.cycle };
    dto.total_records = RECORD_KINDS.reduce((sum, kind) => sum + counts[kind], 0);
    dto.next_sync_at = iso(nextSyncAt);
    dto.reauthorisation_needed = reauthorisationNeeded;
    return dto;
  }
}
