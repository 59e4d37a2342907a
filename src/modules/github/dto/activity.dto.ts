import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import type { ProjectDay } from '../projects/github-projects.service.js';

const DEFAULT_DAYS = 365;
const MAX_DAYS = 3660;

export class ActivityQuery {
  @ApiPropertyOptional({
    type: Number,
    minimum: 1,
    maximum: MAX_DAYS,
    default: DEFAULT_DAYS,
    example: 365,
    description: 'UTC days that end today. More than there can be is cut.',
  })
  @IsOptional()
  @Matches(/^[1-9]\d{0,8}$|^$/, { message: 'days must be a whole number from 1 on' })
  days?: string;

  static toDays({ days }: ActivityQuery): number {
    return days === undefined || days === '' ? DEFAULT_DAYS : Math.min(Number(days), MAX_DAYS);
  }
}

export class ActivityDayDto {
  @ApiProperty({ example: '2026-01-14', format: 'date' })
  date: string;

  @ApiProperty({ example: 3 })
  commits: number;

  @ApiProperty({ example: 120, description: 'Without merges, as `code_churn`.' })
  additions: number;

  @ApiProperty({ example: 45 })
  deletions: number;

  static from(day: ProjectDay): ActivityDayDto {
    const dto = new ActivityDayDto();
    dto.date = day.date;
    dto.commits = day.commits;
    dto.additions = day.additions;
    dto.deletions = day.deletions;
    return dto;
  }

  static list(days: ProjectDay[]): ActivityDayDto[] {
    return days.map((day) => ActivityDayDto.from(day));
  }
}
