import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { DailyReportDto, TopAppDto } from './daily-report.dto.js';
import { WeeklySummaryDto, WeeklyUserSummaryDto } from './weekly-summary.dto.js';

export class OverallReportDto {
  @ApiProperty({ format: 'date', example: '2025-11-15' })
  periodStart: string;

  @ApiProperty({ format: 'date', example: '2025-11-23' })
  periodEnd: string;

  @ApiProperty({ type: Number, example: 34.95 })
  totalActiveHours: number;

  @ApiProperty({ type: Number, example: 2097 })
  totalActiveMinutes: number;

  @ApiProperty({ type: Number, example: 7.88 })
  totalAfkHours: number;

  @ApiProperty({ type: Number, example: 473 })
  totalAfkMinutes: number;

  @ApiProperty({ type: Number, example: 0 })
  totalIdleMinutes: number;

  @ApiProperty({ type: Number, example: 3.88, description: 'Over all days of the period, also those without data.' })
  averageDailyActiveHours: number;

  @ApiProperty({ type: Number, example: 233 })
  averageDailyActiveMinutes: number;

  @ApiProperty({ type: 'integer', example: 14 })
  totalDiscrepancies: number;

  @ApiProperty({ type: 'integer', example: 0 })
  criticalDiscrepancies: number;

  @ApiProperty({ type: [TopAppDto], description: 'Of the whole period, longest first, at most 10.' })
  topApps: TopAppDto[];

  @ApiProperty({ example: 'ben was active for 34 h 57 min and away for 7 h 53 min on 5 of 9 days.' })
  summary: string;

  @ApiProperty({
    example: 'CRITICAL: 3 h 53 min of activity a day on average, below the expected 6 h.',
    description: 'Begins with `CRITICAL:` when the average of active hours a day is below EXPECTED_DAILY_HOURS.',
  })
  conclusion: string;
}

export class ReportedUserDto {
  @ApiProperty({ example: 'ben' })
  userName: string;

  @ApiProperty({ type: OverallReportDto })
  overallReport: OverallReportDto;

  @ApiProperty({ type: [DailyReportDto], description: 'Every day of the period.' })
  dailyReports: DailyReportDto[];
}

export class RankedUserDto {
  @ApiProperty({ example: 'alice' })
  userName: string;

  @ApiProperty({ type: 'integer', minimum: 1, example: 1, description: 'Ties share a rank: 1, 1, 3.' })
  rank: number;

  @ApiProperty({ type: Number, example: 36 })
  totalActiveHours: number;

  @ApiProperty({ type: Number, example: 4 })
  averageDailyActiveHours: number;

  @ApiProperty({ type: Number, example: 3.37 })
  totalAfkHours: number;

  @ApiProperty({ type: Number, example: 91.44, description: 'active ÷ (active + afk), in percent.' })
  activePercentage: number;

  @ApiProperty({ type: 'integer', example: 5 })
  totalDiscrepancies: number;

  @ApiProperty({ type: 'integer', example: 0 })
  criticalDiscrepancies: number;

  @ApiProperty({ example: 'Active for 91.44 % of the time at or away from the computer.' })
  insights: string;
}

export class UserRankingDto {
  @ApiProperty({ type: [RankedUserDto], description: 'By activity ratio. Nobody without data is ranked.' })
  rankings: RankedUserDto[];

  @ApiProperty({ example: 'alice leads with 91.44 %, followed by ben with 81.6 %.' })
  summary: string;
}

export class ReportedOrganizationDto {
  @ApiProperty({ example: 'Turbo' })
  organizationName: string;

  @ApiProperty({ type: [ReportedUserDto], description: 'In the order of the request.' })
  users: ReportedUserDto[];

  @ApiPropertyOptional({ type: UserRankingDto, description: 'With two users or more.' })
  userRanking?: UserRankingDto;

  @ApiPropertyOptional({ type: WeeklySummaryDto, description: 'In weekly reports.' })
  weeklySummary?: WeeklySummaryDto;

  @ApiPropertyOptional({ type: [WeeklyUserSummaryDto], description: 'In weekly reports.' })
  weeklyUserSummaries?: WeeklyUserSummaryDto[];
}

export class PeriodAnalyzedDto {
  @ApiProperty({ format: 'date', example: '2025-11-15' })
  startDate: string;

  @ApiProperty({ format: 'date', example: '2025-11-23' })
  endDate: string;

  @ApiProperty({ example: 'UTC', description: 'IANA time zone of every hour and day of the report.' })
  timeZone: string;
}

export class NarrativeDto {
  @ApiProperty({
    enum: ['model', 'template'],
    example: 'template',
    description: 'Who worded the texts. The figures are always computed, and never a model’s.',
  })
  source: 'model' | 'template';

  @ApiPropertyOptional({ example: 'gpt-4.1-mini' })
  model?: string;

  @ApiProperty({ example: '3f0c2a9d51e7b684' })
  promptVersion: string;

  @ApiPropertyOptional({
    example: 'The Gemini key of the request was lost when the server stopped, so these texts were made without it.',
    description: 'Where the texts are not what was asked for: why.',
  })
  note?: string;
}

export class ProductivityReportDto {
  @ApiProperty({ type: [ReportedOrganizationDto] })
  organizations: ReportedOrganizationDto[];

  @ApiProperty({ format: 'date-time', example: '2025-11-24T07:00:00.000Z' })
  generatedAt: string;

  @ApiProperty({ type: PeriodAnalyzedDto })
  periodAnalyzed: PeriodAnalyzedDto;

  @ApiProperty({ type: NarrativeDto })
  narrative: NarrativeDto;
}
