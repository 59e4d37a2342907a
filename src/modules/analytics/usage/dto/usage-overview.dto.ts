import { ApiProperty } from '@nestjs/swagger';
import { AiStatsDayDto, AiStatsDto, ModelShareDto } from './ai-stats.dto.js';
import { UsageActiveUsersDto, UserStatsDayDto, UserStatsDto } from './user-stats.dto.js';

const COUNT = { type: 'integer', example: 120 } as const;
const CHANGE = { type: Number, nullable: true, example: 0.25 } as const;

export class DailyStatsDto {
  @ApiProperty({ example: '2025-11-14' })
  date: string;

  @ApiProperty({ type: UserStatsDto })
  user_stats: UserStatsDto;

  @ApiProperty({ type: AiStatsDto })
  ai_stats: AiStatsDto;
}

export class PeriodTotalsDto {
  @ApiProperty(COUNT)
  logins: number;

  @ApiProperty(COUNT)
  registrations: number;

  @ApiProperty({ ...COUNT, description: 'Distinct users of the whole time.' })
  active_users: number;

  @ApiProperty({ ...COUNT, description: 'Sessions that began in the time.' })
  sessions: number;

  @ApiProperty(COUNT)
  total_api_calls: number;

  @ApiProperty(COUNT)
  completion_calls: number;

  @ApiProperty(COUNT)
  embedding_calls: number;

  @ApiProperty(COUNT)
  error_count: number;

  @ApiProperty(COUNT)
  tokens_used: number;

  @ApiProperty({ type: Number, nullable: true, example: 12.5, description: 'As `cost_usd` of /api/v1/ai-stats.' })
  cost_usd: number | null;

  @ApiProperty({ type: 'integer', example: 0 })
  unpriced_calls: number;
}

export class PeriodAveragesDto {
  @ApiProperty({ example: 85.5, description: 'Distinct users of each day, on average.' })
  daily_active_users: number;

  @ApiProperty({ example: 40.2 })
  logins_per_day: number;

  @ApiProperty({ example: 2.5 })
  registrations_per_day: number;

  @ApiProperty({ example: 320.5, description: 'Seconds.' })
  average_session_time: number;

  @ApiProperty({ example: 150.25 })
  api_calls_per_day: number;

  @ApiProperty({ example: 24_500 })
  tokens_per_day: number;

  @ApiProperty({ type: Number, nullable: true, example: 0.89 })
  cost_usd_per_day: number | null;

  @ApiProperty({ example: 0.85, description: 'Seconds.' })
  average_response_time: number;

  @ApiProperty({ example: 0.011111, description: 'Failed calls ÷ calls.' })
  error_rate: number;
}

export class PreviousPeriodDto {
  @ApiProperty({ example: '2025-10-18' })
  start: string;

  @ApiProperty({ example: '2025-10-31' })
  end: string;

  @ApiProperty({ type: PeriodTotalsDto })
  totals: PeriodTotalsDto;

  @ApiProperty({ type: PeriodAveragesDto })
  averages: PeriodAveragesDto;
}

export class PeriodChangeDto {
  @ApiProperty(CHANGE)
  logins: number | null;

  @ApiProperty(CHANGE)
  registrations: number | null;

  @ApiProperty(CHANGE)
  active_users: number | null;

  @ApiProperty(CHANGE)
  sessions: number | null;

  @ApiProperty(CHANGE)
  total_api_calls: number | null;

  @ApiProperty(CHANGE)
  completion_calls: number | null;

  @ApiProperty(CHANGE)
  embedding_calls: number | null;

  @ApiProperty(CHANGE)
  error_count: number | null;

  @ApiProperty(CHANGE)
  tokens_used: number | null;

  @ApiProperty(CHANGE)
  cost_usd: number | null;

  @ApiProperty(CHANGE)
  unpriced_calls: number | null;

  @ApiProperty(CHANGE)
  daily_active_users: number | null;

  @ApiProperty(CHANGE)
  logins_per_day: number | null;

  @ApiProperty(CHANGE)
  registrations_per_day: number | null;

  @ApiProperty(CHANGE)
  average_session_time: number | null;

  @ApiProperty(CHANGE)
  api_calls_per_day: number | null;

  @ApiProperty(CHANGE)
  tokens_per_day: number | null;

  @ApiProperty(CHANGE)
  cost_usd_per_day: number | null;

  @ApiProperty(CHANGE)
  average_response_time: number | null;

  @ApiProperty(CHANGE)
  error_rate: number | null;
}

export class StatsSummaryDto {
  @ApiProperty({ example: '2025-11-01' })
  start: string;

  @ApiProperty({ example: '2025-11-14' })
  end: string;

  @ApiProperty({ type: 'integer', example: 14 })
  days: number;

  @ApiProperty({ type: PeriodTotalsDto })
  totals: PeriodTotalsDto;

  @ApiProperty({ type: PeriodAveragesDto })
  averages: PeriodAveragesDto;

  @ApiProperty({ type: PreviousPeriodDto, description: 'As many days, directly before.' })
  previous: PreviousPeriodDto;

  @ApiProperty({ type: PeriodChangeDto, description: '(now − before) ÷ before; null where there was nothing before.' })
  change: PeriodChangeDto;
}

export class PeriodStatsDto {
  @ApiProperty({ example: '2025-11-10', description: 'A week by its first day, a month as `2025-11`.' })
  period: string;

  @ApiProperty({ example: '2025-11-10' })
  start: string;

  @ApiProperty({ example: '2025-11-16' })
  end: string;

  @ApiProperty({ example: false, description: 'false: the present period, which is not over.' })
  complete: boolean;

  @ApiProperty({ type: UserStatsDto })
  user_stats: UserStatsDto;

  @ApiProperty({ type: AiStatsDto })
  ai_stats: AiStatsDto;
}

export class UsageDashboardDto {
  @ApiProperty({ type: StatsSummaryDto })
  summary: StatsSummaryDto;

  @ApiProperty({ type: [UserStatsDayDto] })
  user_stats: UserStatsDayDto[];

  @ApiProperty({ type: [AiStatsDayDto] })
  ai_stats: AiStatsDayDto[];

  @ApiProperty({ type: [ModelShareDto] })
  models: ModelShareDto[];

  @ApiProperty({ type: UsageActiveUsersDto })
  active_users: UsageActiveUsersDto;

  @ApiProperty({ type: 'integer', example: 1284 })
  total_users: number;

  @ApiProperty({ example: '2025-11-14T16:20:00.000Z' })
  generated_at: string;
}
