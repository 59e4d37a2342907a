import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { CohortInterval } from '../figures/behaviour-calendar.js';
import { EmptyIsAbsent } from './empty-is-absent.decorator.js';
import { PlainReportQuery } from './report.query.js';

export const COHORT_INTERVALS = ['day', 'week', 'month'] as const satisfies CohortInterval[];
export const RETENTION_MODES = ['calendar', '24h'] as const;
export type RetentionMode = (typeof RETENTION_MODES)[number];

// class-validator reports the lowest decorator that fails: the check of the type stands last.
export class RetentionQuery extends PlainReportQuery {
  @ApiPropertyOptional({ enum: COHORT_INTERVALS, default: 'day', example: 'day' })
  @EmptyIsAbsent()
  @IsOptional()
  @IsIn(COHORT_INTERVALS, { message: 'interval must be one of day, week, month' })
  interval?: CohortInterval;

  @ApiPropertyOptional({
    example: 'app_open',
    maxLength: 200,
    description: 'What begins: a person belongs to the cohort of their first such event ever. Default: any event.',
  })
  @IsOptional()
  @MaxLength(200, { message: 'startEvent must have at most 200 characters' })
  @IsString({ message: 'startEvent must be given once, as text' })
  startEvent?: string;

  @ApiPropertyOptional({
    example: 'purchase_success',
    maxLength: 200,
    description: 'What counts as coming back. Default: any event.',
  })
  @IsOptional()
  @MaxLength(200, { message: 'returnEvent must have at most 200 characters' })
  @IsString({ message: 'returnEvent must be given once, as text' })
  returnEvent?: string;

  @ApiPropertyOptional({
    enum: RETENTION_MODES,
    default: 'calendar',
    example: 'calendar',
    description:
      '`calendar`: period k is the k-th interval after that of the cohort. `24h` (only by day): period k is the k-th ' +
      "24 hours from the person's own first event.",
  })
  @EmptyIsAbsent()
  @IsOptional()
  @IsIn(RETENTION_MODES, { message: 'mode must be calendar or 24h' })
  mode?: RetentionMode;

  @ApiPropertyOptional({
    type: Number,
    minimum: 1,
    maximum: 31,
    example: 7,
    description: 'The last period; 0 is the cohort’s own. Default: 7 days, 8 weeks, 6 months; lowered to 31, 26, 24.',
  })
  @IsOptional()
  @Matches(/^(?:[1-9]\d*)?$/, { message: 'periods must be a whole number from 1 on' })
  periods?: string;
}
