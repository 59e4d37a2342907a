import { ApiProperty } from '@nestjs/swagger';
import type { ScheduleRun, ScheduleState } from '../../../infra/schedule/schedule.service.js';

export class AdminScheduleRunDto {
  @ApiProperty({ example: 'completed', description: '`completed`, `partial`, `failed`, or how far it is.' })
  result: string;

  @ApiProperty({ type: String, nullable: true, example: '2026-11-28T03:17:04.120Z' })
  startedAt: string | null;

  @ApiProperty({
    type: String,
    nullable: true,
    example: '2026-11-28T03:19:40.005Z',
    description: '`null`: it goes on.',
  })
  endedAt: string | null;

  @ApiProperty({ type: Number, nullable: true, example: 155.9 })
  durationSeconds: number | null;

  @ApiProperty({ type: String, nullable: true, example: null })
  error: string | null;

  static from({ outcome, startedAt, endedAt, error }: ScheduleRun): AdminScheduleRunDto {
    const dto = new AdminScheduleRunDto();
    dto.result = outcome;
    dto.startedAt = isoOf(startedAt);
    dto.endedAt = isoOf(endedAt);
    dto.durationSeconds = startedAt === null || endedAt === null ? null : Math.round(endedAt - startedAt) / 1000;
    dto.error = error;
    return dto;
  }
}

export class AdminScheduleDto {
  @ApiProperty({ example: 'github-refresh' })
  name: string;

  @ApiProperty({ example: 'Refreshes the GitHub dashboard' })
  description: string;

  @ApiProperty({ type: String, nullable: true, example: '17 3 * * *', description: 'UTC; `null`: only when asked.' })
  cron: string | null;

  @ApiProperty({ type: AdminScheduleRunDto, nullable: true, description: 'The newest run, by whatever it was begun.' })
  lastRun: AdminScheduleRunDto | null;

  @ApiProperty({ type: String, nullable: true, example: '2026-11-29T03:17:00.000Z' })
  nextRun: string | null;

  static from({ name, description, cron, lastRun, nextRunAt }: ScheduleState): AdminScheduleDto {
    const dto = new AdminScheduleDto();
    dto.name = name;
    dto.description = description;
    dto.cron = cron;
    dto.lastRun = lastRun === null ? null : AdminScheduleRunDto.from(lastRun);
    dto.nextRun = isoOf(nextRunAt);
    return dto;
  }
}

export class AdminScheduleListDto {
  @ApiProperty({ type: [AdminScheduleDto] })
  schedules: AdminScheduleDto[];

  static from(states: readonly ScheduleState[]): AdminScheduleListDto {
    const dto = new AdminScheduleListDto();
    dto.schedules = states.map((state) => AdminScheduleDto.from(state));
    return dto;
  }
}

function isoOf(instant: number | null): string | null {
  return instant === null ? null : new Date(instant).toISOString();
}
