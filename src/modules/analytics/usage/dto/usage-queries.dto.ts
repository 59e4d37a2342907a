import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { IsTimeZone } from '../../../../common/time/time-zone.js';

/** Empty counts as absent, and no zone has a space: that of `Etc/GMT 5` was a plus sign. */
function zoneFromQuery(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value === '' ? undefined : value.replace(' ', '+');
}

// class-validator reports the lowest decorator that fails: the check of the type stands last.
export class ZoneQuery {
  @ApiPropertyOptional({
    example: 'Europe/Berlin',
    description: "IANA time zone whose calendar is meant; default: the caller's setting, else UTC.",
  })
  @Transform(({ value }: { value: unknown }) => zoneFromQuery(value))
  @IsOptional()
  @IsTimeZone()
  tz?: string;
}

export class DaysQuery extends ZoneQuery {
  @ApiPropertyOptional({
    example: '2025-11-01',
    description: 'First day. A time stands for the local day in which it lies. Without both: the last 30 days.',
  })
  @IsOptional()
  @IsString({ message: 'start must be given once, as text' })
  start?: string;

  @ApiPropertyOptional({ example: '2025-11-14', description: 'Last day, inclusive; at most 366 days in all.' })
  @IsOptional()
  @IsString({ message: 'end must be given once, as text' })
  end?: string;
}

export class AiStatsQuery extends DaysQuery {
  @ApiPropertyOptional({ example: 'user123', description: 'Only the calls of this user.' })
  @IsOptional()
  @MaxLength(256, { message: 'user_id must have at most 256 characters' })
  @IsString({ message: 'user_id must be given once, as text' })
  user_id?: string;

  @ApiPropertyOptional({ example: 'gpt-4o', description: 'Only calls of this model, as they name it.' })
  @IsOptional()
  @MaxLength(200, { message: 'model must have at most 200 characters' })
  @IsString({ message: 'model must be given once, as text' })
  model?: string;

  @ApiPropertyOptional({ example: 'completion', description: 'Only calls of this kind.' })
  @IsOptional()
  @MaxLength(100, { message: 'call_type must have at most 100 characters' })
  @IsString({ message: 'call_type must be given once, as text' })
  call_type?: string;
}

const MOST = 1000;

export class RankingQuery extends DaysQuery {
  @ApiPropertyOptional({
    type: Number,
    minimum: 1,
    maximum: MOST,
    example: 20,
    description: `How many are listed, brought within 1 and ${MOST}; default: 100 users, ${MOST} models.`,
  })
  @IsOptional()
  @Matches(/^\d*$/, { message: 'limit must be a whole number' })
  @IsString({ message: 'limit must be given once' })
  limit?: string;

  static limitOf({ limit }: RankingQuery): number | undefined {
    return limit === undefined || limit === '' ? undefined : Math.min(Math.max(Number(limit), 1), MOST);
  }
}

export class ActiveUsersQuery extends ZoneQuery {
  @ApiPropertyOptional({
    type: Number,
    minimum: 1,
    maximum: 366,
    default: 30,
    example: 30,
    description: '`active_users` counts so many local days that end with today.',
  })
  @IsOptional()
  @Matches(/^(?:[1-9]\d{0,8})?$/, { message: 'days must be a whole number from 1 to 366' })
  @IsString({ message: 'days must be given once' })
  days?: string;
}

export class DailyStatsQuery extends ZoneQuery {
  @ApiPropertyOptional({ example: '2025-11-14', description: 'A local day; default: today.' })
  @IsOptional()
  @IsString({ message: 'date must be given once, as text' })
  date?: string;
}
