import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches, ValidateBy, ValidateIf } from 'class-validator';
import { parseInstant } from '../../../common/time/instant.js';
import { IsTimeZone } from '../../../common/time/time-zone.js';

const DATE_MESSAGE = 'date must be a day of the calendar, for example 2025-11-19';

const isDay = (value: unknown): boolean =>
  typeof value === 'string' && /^\d{4}-\d{2}-\d{2}$/.test(value) && parseInstant(value) !== null;

export class ZoneQuery {
  @ApiPropertyOptional({ example: 'Europe/Berlin', description: "IANA time zone; else the user's setting, else UTC." })
  @ValidateIf((_, value) => value !== undefined && value !== '')
  @IsTimeZone()
  tz?: string;
}

export class DailySummaryQuery extends ZoneQuery {
  @ApiPropertyOptional({ example: '2025-11-19', format: 'date', description: 'A local day; else today.' })
  @ValidateIf((_, value) => value !== undefined && value !== '')
  @ValidateBy({ name: 'isDay', validator: { validate: isDay, defaultMessage: () => DATE_MESSAGE } })
  date?: string;
}

export class HistoryQuery {
  @ApiPropertyOptional({ type: Number, minimum: 1, maximum: 100, default: 10, example: 10 })
  @IsOptional()
  @Matches(/^\d*$/, { message: 'limit must be a whole number from 1 on' })
  limit?: string;
}
