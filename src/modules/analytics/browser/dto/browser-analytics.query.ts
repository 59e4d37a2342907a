import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, Matches, ValidateIf } from 'class-validator';
import { IsTimeZone } from '../../../../common/time/time-zone.js';
import { GAP_POLICIES } from '../gap-policy.js';

export const MAX_DAYS = 3660;

const WHOLE_NUMBER = /^\d*$/;
const DAYS = { type: Number, minimum: 1, maximum: MAX_DAYS, description: 'Local calendar days that end today.' };
const DAYS_MESSAGE = { message: 'days must be a whole number from 1 on' };
const GAP = {
  enum: GAP_POLICIES,
  default: 'cap',
  description: 'What a stretch of 30 minutes or more without any signal counts: its first 30 minutes, or nothing.',
};

class ZonedQuery {
  @ApiPropertyOptional({ example: 'Europe/Berlin', description: "IANA time zone; else the user's setting, else UTC." })
  @ValidateIf((_, value) => value !== undefined && value !== '')
  @IsTimeZone()
  tz?: string;
}

// class-validator reports the lowest decorator that fails: the check of the type stands last.
export class PeriodQuery extends ZonedQuery {
  @ApiPropertyOptional({ ...DAYS, default: 7, example: 7 })
  @IsOptional()
  @Matches(WHOLE_NUMBER, DAYS_MESSAGE)
  days?: string;
}

export class TimeQuery extends PeriodQuery {
  @ApiPropertyOptional({ ...GAP, example: 'cap' })
  @IsOptional()
  @IsIn(['', ...GAP_POLICIES], { message: 'gap must be cap or drop' })
  gap?: string;
}

export class PatternsQuery extends ZonedQuery {
  @ApiPropertyOptional({ ...DAYS, default: 30, example: 30 })
  @IsOptional()
  @Matches(WHOLE_NUMBER, DAYS_MESSAGE)
  days?: string;
}
