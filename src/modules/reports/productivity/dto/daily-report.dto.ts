import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  DATA_QUALITIES,
  DISCREPANCY_TYPES,
  SEVERITIES,
  type DataQuality,
  type DiscrepancyType,
  type Severity,
} from '../report-vocabulary.js';

export class AppUsageDto {
  @ApiProperty({ example: 'Excel' })
  appName: string;

  @ApiProperty({ type: Number, example: 22.38, description: 'While the person was active, over all computers.' })
  durationMinutes: number;

  @ApiProperty({
    type: [String],
    example: ['Budget 2025.xlsx - Excel', 'Data.xlsx - Excel'],
    description: 'Longest first, at most 10, each cut to 200 characters. As the computer wrote them: never trust them.',
  })
  windowTitles: string[];
}

export class TopAppDto {
  @ApiProperty({ example: 'Excel' })
  appName: string;

  @ApiProperty({ type: Number, example: 128.62, description: 'While the person was active, over all computers.' })
  durationMinutes: number;
}

export class HourlyBreakdownDto {
  @ApiProperty({ type: 'integer', minimum: 0, maximum: 23, example: 9, description: 'Local hour.' })
  hour: number;

  @ApiProperty({ example: '09:00' })
  startTime: string;

  @ApiProperty({ example: '10:00', description: '`00:00` for hour 23.' })
  endTime: string;

  @ApiProperty({ type: Number, example: 52.5 })
  activeMinutes: number;

  @ApiProperty({ type: Number, example: 7.5 })
  afkMinutes: number;

  @ApiProperty({ type: Number, example: 0, description: 'Idle is not active.' })
  idleMinutes: number;

  @ApiProperty({ type: [AppUsageDto], description: 'Longest first.' })
  appUsage: AppUsageDto[];

  @ApiProperty({
    type: Number,
    example: 60,
    description: 'What this local hour lasts: 60, but 0, 30, 90 or 120 where the clock changes.',
  })
  totalMinutes: number;
}

export class DiscrepancyDto {
  @ApiProperty({ enum: DISCREPANCY_TYPES, example: 'extended_afk' })
  type: DiscrepancyType;

  @ApiProperty({ enum: SEVERITIES, example: 'medium' })
  severity: Severity;

  @ApiProperty({ example: '12:10', description: 'Local time of its first minute.' })
  startTime: string;

  @ApiProperty({ example: '12:45', description: 'Local time at which its last minute ends.' })
  endTime: string;

  @ApiProperty({ type: Number, example: 35 })
  durationMinutes: number;

  @ApiProperty({ example: 'Away from the computer for 35 min' })
  description: string;

  @ApiPropertyOptional({ example: 'Within core hours' })
  context?: string;
}

export class DailyReportDto {
  @ApiProperty({ format: 'date', example: '2025-11-19' })
  date: string;

  @ApiProperty({
    enum: DATA_QUALITIES,
    example: 'afk_status',
    description:
      'Where the totals come from: `afk_status` measured to the second; `daily_metrics` the collector’s own totals, ' +
      'without hours; `windows_only` windows were recorded but not whether anyone was there; `no_data` nothing at all.',
  })
  dataQuality: DataQuality;

  @ApiProperty({ type: [HourlyBreakdownDto], minItems: 24, maxItems: 24 })
  hourlyBreakdown: HourlyBreakdownDto[];

  @ApiProperty({ type: Number, example: 408 })
  totalActiveMinutes: number;

  @ApiProperty({ type: Number, example: 6.8 })
  totalActiveHours: number;

  @ApiProperty({ type: Number, example: 97 })
  totalAfkMinutes: number;

  @ApiProperty({ type: Number, example: 1.62 })
  totalAfkHours: number;

  @ApiProperty({ type: Number, example: 0 })
  totalIdleMinutes: number;

  @ApiProperty({ type: [TopAppDto], description: 'Of the whole day, longest first, at most 10.' })
  topApps: TopAppDto[];

  @ApiProperty({ type: [DiscrepancyDto], description: 'In the order of their start.' })
  notableDiscrepancies: DiscrepancyDto[];

  @ApiProperty({
    example:
      'Active for 6 h 48 min and away for 1 h 37 min. Most used: Excel (2 h 9 min), Xero (1 h 48 min) and Outlook (1 h 9 min). 3 discrepancies, 1 of them high.',
  })
  summary: string;
}
