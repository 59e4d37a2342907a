import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { isoSeconds } from '../projects/project-format.js';
import type { RefreshAnswer } from '../refresh/idempotent-refreshes.service.js';
import { progressOf } from '../refresh/refresh-progress.js';
import type { Refresh } from '../refresh/refresh.service.js';
import type { RefreshItemRow } from '../store/refresh-jobs.repository.js';

const JOB_ID = 'b0f6d0de-4c1c-4c5e-9a55-6a5b3c1f0e11';
const STATUSES = ['queued', 'running', 'completed', 'partial', 'failed'] as const;
const ITEM_STATUSES = ['queued', 'running', 'updated', 'unchanged', 'skipped', 'partial', 'failed'] as const;
const STATUS_PATH = '/api/github/refresh/status/';

const time = (example: string, description?: string) =>
  ApiProperty({ type: String, format: 'date-time', nullable: true, example, description });

export class RefreshStartedDto {
  @ApiProperty({ example: 'Refresh job started' })
  message: string;

  @ApiProperty({ example: JOB_ID, description: 'Of the refresh that is going on, if there is one.' })
  job_id: string;

  @ApiProperty({ enum: STATUSES, example: 'queued' })
  status: (typeof STATUSES)[number];

  @ApiProperty({ example: `${STATUS_PATH}${JOB_ID}` })
  check_status_url: string;

  static from({ jobId, status }: Omit<RefreshAnswer, 'isReplayed'>): RefreshStartedDto {
    const dto = new RefreshStartedDto();
    dto.message = 'Refresh job started';
    dto.job_id = jobId;
    dto.status = status;
    dto.check_status_url = STATUS_PATH + jobId;
    return dto;
  }
}

export class RefreshedRepositoryDto {
  @ApiProperty({ example: 'ann/almanac' })
  name: string;

  @ApiProperty({
    enum: ITEM_STATUSES,
    example: 'updated',
    description:
      '`skipped`: it is empty. `partial`: all but its lines is new. `failed`: it shows what it showed before.',
  })
  status: (typeof ITEM_STATUSES)[number];

  @ApiProperty({ type: String, nullable: true, example: null })
  error: string | null;

  static from(item: RefreshItemRow): RefreshedRepositoryDto {
    const dto = new RefreshedRepositoryDto();
    dto.name = item.name;
    dto.status = item.status;
    dto.error = item.error;
    return dto;
  }
}

export class RateLimitDto {
  @ApiProperty({
    type: Number,
    nullable: true,
    example: 4988,
    description: 'Points that GitHub has left for this hour.',
  })
  remaining: number | null;

  @time('2026-01-15T04:00:00Z')
  reset_at: string | null;

  @ApiProperty({ example: 12, description: 'Points that this refresh has cost.' })
  used: number;
}

export class RefreshJobDto {
  @ApiProperty({ example: JOB_ID })
  id: string;

  @ApiProperty({ enum: STATUSES, example: 'completed', description: '`partial`: some repositories could not be read.' })
  status: (typeof STATUSES)[number];

  @time('2026-01-15T03:17:00Z')
  started_at: string | null;

  @time('2026-01-15T03:17:42Z')
  completed_at: string | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  error_message: string | null;

  @ApiProperty({ example: 3 })
  repositories_processed: number;

  @ApiProperty({ example: 3, description: '0 until GitHub has told what there is.' })
  total_repositories: number;

  @ApiProperty({ example: 100, description: 'Percent, with one decimal.' })
  progress: number;

  @ApiProperty({ type: [RefreshedRepositoryDto] })
  repositories: RefreshedRepositoryDto[];

  @ApiProperty({ type: RateLimitDto })
  rate_limit: RateLimitDto;

  @ApiPropertyOptional({
    type: String,
    format: 'date-time',
    nullable: true,
    example: null,
    description: 'It goes on by itself then: GitHub asked for patience, or could not be reached.',
  })
  paused_until: string | null;

  static from({ job, items }: Refresh): RefreshJobDto {
    const dto = new RefreshJobDto();
    dto.id = job.id;
    dto.status = job.status;
    dto.started_at = iso(job.startedAt);
    dto.completed_at = iso(job.completedAt);
    dto.error_message = job.errorMessage;
    dto.repositories_processed = job.repositoriesProcessed;
    dto.total_repositories = job.totalRepositories ?? 0;
    dto.progress = progressOf(job);
    dto.repositories = items.map((item) => RefreshedRepositoryDto.from(item));
    dto.rate_limit = { remaining: job.rateRemaining, reset_at: iso(job.rateResetAt), used: job.pointsUsed };
    dto.paused_until = iso(job.pausedUntil);
    return dto;
  }

  static list(refreshes: Refresh[]): RefreshJobDto[] {
    return refreshes.map((refresh) => RefreshJobDto.from(refresh));
  }
}

function iso(at: number | null): string | null {
  return at === null ? null : isoSeconds(at);
}
