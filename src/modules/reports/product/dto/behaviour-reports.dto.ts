import { ApiProperty } from '@nestjs/swagger';
import type { CohortInterval } from '../figures/behaviour-calendar.js';
import { ReportRangeDto } from './product-reports.dto.js';
import { COHORT_INTERVALS, RETENTION_MODES, type RetentionMode } from './retention.query.js';

export class RetentionCellDto {
  @ApiProperty({ type: 'integer', example: 1 })
  period: number;

  @ApiProperty({
    type: 'integer',
    nullable: true,
    example: 12,
    description: 'Persons of the cohort who came back in the period; null when it has not begun.',
  })
  users: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 0.4, description: 'users ÷ size; 0 of an empty cohort.' })
  rate: number | null;

  @ApiProperty({ example: false, description: 'The period is not over: more may come.' })
  partial: boolean;
}

export class RetentionCohortDto {
  @ApiProperty({ example: '2025-01-01', description: 'Day, first day of the week, or month `2025-01`; local.' })
  cohort: string;

  @ApiProperty({ type: 'integer', example: 30, description: 'Persons whose first start event lies in it.' })
  size: number;

  @ApiProperty({ type: [RetentionCellDto], description: 'From period 0, the cohort’s own, on.' })
  cells: RetentionCellDto[];
}

export class RetentionDto {
  @ApiProperty({ example: 'a1b2c3d4e5f6' })
  projectKey: string;

  @ApiProperty({ enum: COHORT_INTERVALS, example: 'day' })
  interval: CohortInterval;

  @ApiProperty({ enum: RETENTION_MODES, example: 'calendar' })
  mode: RetentionMode;

  @ApiProperty({ type: [RetentionCohortDto], description: 'In order of time, empty ones too.' })
  cohorts: RetentionCohortDto[];

  @ApiProperty({ type: ReportRangeDto })
  range: ReportRangeDto;
}

export class SessionsItemDto {
  @ApiProperty({ example: '2025-01-01', description: 'As in the series of events.' })
  time: string;

  @ApiProperty({ type: 'integer', example: 40, description: 'Sessions that began in it.' })
  sessions: number;

  @ApiProperty({ example: 12.5 })
  averageMinutes: number;

  @ApiProperty({ example: 0.25 })
  bounceRate: number;
}

export class SessionsDto {
  @ApiProperty({ example: 'a1b2c3d4e5f6' })
  projectKey: string;

  @ApiProperty({ type: ReportRangeDto })
  range: ReportRangeDto;

  @ApiProperty({ type: 'integer', example: 280 })
  sessions: number;

  @ApiProperty({ example: 12.5, description: 'From the first to the last event; 0 without sessions.' })
  averageMinutes: number;

  @ApiProperty({ type: 'integer', example: 210, description: 'Sessions with two events or more.' })
  engagedSessions: number;

  @ApiProperty({ example: 16.7 })
  engagedAverageMinutes: number;

  @ApiProperty({ example: 0.25, description: 'Share of sessions with exactly one event.' })
  bounceRate: number;

  @ApiProperty({ example: 6.4 })
  eventsPerSession: number;

  @ApiProperty({ type: [SessionsItemDto], description: 'In order of time, empty ones with 0.' })
  items: SessionsItemDto[];
}

export class ActiveUsersItemDto {
  @ApiProperty({ example: '2025-01-31' })
  date: string;

  @ApiProperty({ type: 'integer', example: 120, description: 'Distinct persons of the day.' })
  dau: number;

  @ApiProperty({ type: 'integer', example: 410, description: 'Distinct persons of the 7 days that end with it.' })
  wau: number;

  @ApiProperty({ type: 'integer', example: 900, description: 'Distinct persons of the 30 days that end with it.' })
  mau: number;
}

export class ActiveUsersDto {
  @ApiProperty({ example: 'a1b2c3d4e5f6' })
  projectKey: string;

  @ApiProperty({ type: ReportRangeDto })
  range: ReportRangeDto;

  @ApiProperty({ type: [ActiveUsersItemDto], description: 'Every local day of the range that has begun.' })
  items: ActiveUsersItemDto[];

  @ApiProperty({ example: 0.13, description: 'Average DAU ÷ average MAU of these days; 0 without persons.' })
  stickiness: number;

  @ApiProperty({ type: 'integer', example: 120, description: 'Of the last day; 0 without a day.' })
  dau: number;

  @ApiProperty({ type: 'integer', example: 410, description: 'Of the last day; 0 without a day.' })
  wau: number;

  @ApiProperty({ type: 'integer', example: 900, description: 'Of the last day; 0 without a day.' })
  mau: number;
}
