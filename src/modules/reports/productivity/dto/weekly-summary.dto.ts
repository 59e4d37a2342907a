import { ApiProperty } from '@nestjs/swagger';

export class WeeklyEmployeeDto {
  @ApiProperty({ example: 'alice' })
  userName: string;

  @ApiProperty({ type: Number, example: 36 })
  activeHours: number;

  @ApiProperty({ type: Number, example: 91.45, description: 'active ÷ (active + afk), in percent.' })
  activityRatio: number;

  @ApiProperty({ type: 'integer', example: 5 })
  totalDiscrepancies: number;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    example: 1,
    description: 'Among all who are ranked, in both lists: 1 is the best; who tie share it (1, 1, 3).',
  })
  rank: number;
}

export class WeeklySummaryDto {
  @ApiProperty({
    example:
      'From 2025-11-17 to 2025-11-23, 3 people were active for 103 h 21 min, idle for 46 min and away for 19 h 3 min. The share of active time ranged from 80.6 % (danielle) to 91.45 % (alice). 25 discrepancies, 4 of them high.',
  })
  productivitySummary: string;

  @ApiProperty({
    type: [WeeklyEmployeeDto],
    description:
      'The better half of those who are ranked, at most 5, best first; who tie are ordered by name, also where the half ends.',
  })
  top5Employees: WeeklyEmployeeDto[];

  @ApiProperty({
    type: [WeeklyEmployeeDto],
    description: 'The other half, at most 5, worst first. Nobody is in both lists.',
  })
  bottom5Employees: WeeklyEmployeeDto[];
}

export class WeeklyUserSummaryDto {
  @ApiProperty({ example: 'ben' })
  userName: string;

  @ApiProperty({
    type: Number,
    example: 81.6,
    description: 'active ÷ (active + afk), in percent; 0 without either.',
  })
  activityRatio: number;

  @ApiProperty({ type: Number, example: 34.95 })
  activeHours: number;

  @ApiProperty({ type: Number, example: 2097 })
  activeMinutes: number;

  @ApiProperty({ type: Number, example: 7.88 })
  afkHours: number;

  @ApiProperty({ type: Number, example: 473 })
  afkMinutes: number;

  @ApiProperty({ type: 'integer', example: 15 })
  totalDiscrepancies: number;

  @ApiProperty({ type: 'integer', example: 0 })
  criticalDiscrepancies: number;

  @ApiProperty({
    type: Number,
    example: 3.32,
    description: 'In discrepancies of type social_media, media_consumption and low_productivity_apps.',
  })
  distractedTimeHours: number;

  @ApiProperty({ type: Number, example: 199.2 })
  distractedTimeMinutes: number;

  @ApiProperty({ example: 'Active for 34 h 57 min and away for 7 h 53 min. Distracted by Reddit (3 h 19 min).' })
  productivitySummary: string;
}
