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

  @ApiProperty({ type: 'integer', example: 15 })
  totalDiscrepancies: number;

  @ApiProperty({ type: 'integer', example: 0 })
  criticalDiscrepancies: number;

  @ApiProperty({ type: [TopAppDto], description: 'Of the whole period, longest first, at most 10.' })
  topApps: TopAppDto[];

  @ApiProperty({
    example:
      'ben was active for 34 h 57 min and away for 7 h 53 min, on 5 of 9 days. Most used: Excel (9 h 41 min), Xero (9 h 9 min) ' +
      'and Outlook (6 h 27 min). 15 discrepancies, 4 of them high.',
  })
  summary: string;

  @ApiProperty({
    example:
      'CRITICAL: an average of 3 h 53 min of activity a day is below the expected 6 h. 4 high discrepancies deserve a look.',
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

  @ApiProperty({ type: Number, example: 91.45, description: 'active ÷ (active + afk), in percent.' })
  activePercentage: number;

  @ApiProperty({ type: 'integer', example: 5 })
  totalDiscrepancies: number;

  @ApiProperty({ type: 'integer', example: 0 })
  criticalDiscrepancies: number;

  @ApiProperty({
    example:
      'Rank 1 of 3: active for 91.45 % of 39 h 22 min at or away from the computer. 5 discrepancies, all of severity medium.',
  })
  insights: string;
}

export class UserRankingDto {
  @ApiProperty({ type: [RankedUserDto], description: 'By activity ratio. Nobody without data is ranked.' })
  rankings: RankedUserDto[];

  @ApiProperty({
    example: 'By share of active time alice (91.45 %) comes first, followed by ben (81.6 %) and danielle (80.6 %).',
  })
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

export class ReportNarrativeDto {
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

  @ApiProperty({ type: ReportNarrativeDto })
  narrative: ReportNarrativeDto;
}
