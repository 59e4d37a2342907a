import { ApiProperty } from '@nestjs/swagger';

export class WeeklyEmployeeDto {
  @ApiProperty({ example: 'alice' })
  userName: string;

  @ApiProperty({ type: Number, example: 36 })
  activeHours: number;

  @ApiProperty({ type: Number, example: 91.44, description: 'active ÷ (active + afk), in percent.' })
  activityRatio: number;

  @ApiProperty({ type: 'integer', example: 5 })
  totalDiscrepancies: number;

  @ApiProperty({
    type: 'integer',
    minimum: 1,
    example: 1,
    description: '1 is the best of the top, the worst of the bottom.',
  })
  rank: number;
}

export class WeeklySummaryDto {
  @ApiProperty({ example: 'In the week from 2025-11-17 three people were active for 103 h 21 min.' })
  productivitySummary: string;

  @ApiProperty({
    type: [WeeklyEmployeeDto],
    description: 'The better half of those who are ranked, at most 5 (and those who tie with the last), best first.',
  })
  top5Employees: WeeklyEmployeeDto[];

  @ApiProperty({ type: [WeeklyEmployeeDto], description: 'The other half, at most 5, worst first.' })
  bottom5Employees: WeeklyEmployeeDto[];
}

export class WeeklyUserSummaryDto {
  @ApiProperty({ example: 'ben' })
  userName: string;

  @ApiProperty({
    type: Number,
    nullable: true,
    example: 81.61,
    description: 'active ÷ (active + afk), in percent; null without either.',
  })
  activityRatio: number | null;

  @ApiProperty({ type: Number, example: 34.95 })
  activeHours: number;

  @ApiProperty({ type: Number, example: 2097 })
  activeMinutes: number;

  @ApiProperty({ type: Number, example: 7.88 })
  afkHours: number;

  @ApiProperty({ type: Number, example: 473 })
  afkMinutes: number;

  @ApiProperty({ type: 'integer', example: 14 })
  totalDiscrepancies: number;

  @ApiProperty({ type: 'integer', example: 0 })
  criticalDiscrepancies: number;

  @ApiProperty({
    type: Number,
    example: 2.39,
    description: 'In discrepancies of type social_media, media_consumption and low_productivity_apps.',
  })
  distractedTimeHours: number;

  @ApiProperty({ type: Number, example: 143.5 })
  distractedTimeMinutes: number;

  @ApiProperty({ example: '34 h 57 min active, 7 h 53 min away.' })
  productivitySummary: string;
}
