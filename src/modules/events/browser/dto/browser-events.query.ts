import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional, IsString, Matches, ValidateIf } from 'class-validator';
import { IsTimeZone } from '../../../../common/time/time-zone.js';

const WHOLE_NUMBER = /^\d*$/;

// class-validator reports the lowest decorator that fails: the check of the type stands last.
export class EventRangeQuery {
  @ApiPropertyOptional({
    example: '2025-01-13',
    description: 'First instant, inclusive: ISO 8601, epoch milliseconds, or a date for its whole local day.',
  })
  @IsOptional()
  @IsString({ message: 'start_date must be given once, as text' })
  start_date?: string;

  @ApiPropertyOptional({
    example: '2025-01-19',
    description: 'Last instant, inclusive; a date covers its whole local day.',
  })
  @IsOptional()
  @IsString({ message: 'end_date must be given once, as text' })
  end_date?: string;

  @ApiPropertyOptional({
    example: 'Europe/Berlin',
    description: "Zone of dates without a time; else the user's setting, else UTC.",
  })
  @ValidateIf((_, value) => value !== undefined && value !== '')
  @IsTimeZone()
  tz?: string;
}

export class ListEventsQuery extends EventRangeQuery {
  @ApiPropertyOptional({ example: 'TAB_ACTIVATED' })
  @IsOptional()
  @IsString({ message: 'type must be given once, as text' })
  type?: string;

  @ApiPropertyOptional({ example: 'github.com', description: 'Exactly this domain.' })
  @IsOptional()
  @IsString({ message: 'domain must be given once, as text' })
  domain?: string;

  @ApiPropertyOptional({ type: Number, minimum: 0, maximum: 1000, default: 100, example: 100 })
  @IsOptional()
  @Matches(WHOLE_NUMBER, { message: 'limit must be a whole number from 0 on' })
  limit?: string;

  @ApiPropertyOptional({ type: Number, minimum: 0, maximum: 1_000_000, default: 0, example: 0 })
  @IsOptional()
  @Matches(WHOLE_NUMBER, { message: 'skip must be a whole number from 0 on' })
  skip?: string;
}

export class RecentEventsQuery {
  @ApiPropertyOptional({ type: Number, minimum: 1, maximum: 8760, default: 24, example: 24 })
  @IsOptional()
  @Matches(WHOLE_NUMBER, { message: 'hours must be a whole number from 1 on' })
  hours?: string;

  @ApiPropertyOptional({ type: Number, minimum: 0, maximum: 1000, default: 50, example: 50 })
  @IsOptional()
  @Matches(WHOLE_NUMBER, { message: 'limit must be a whole number from 0 on' })
  limit?: string;
}

export class DomainsQuery {
  @ApiPropertyOptional({ type: Number, minimum: 0, maximum: 1000, default: 10, example: 10 })
  @IsOptional()
  @Matches(WHOLE_NUMBER, { message: 'limit must be a whole number from 0 on' })
  limit?: string;
}

export class DeleteEventsQuery {
  @ApiProperty({ enum: ['true'], example: 'true', description: 'Nothing is erased without it.' })
  @IsIn(['true'], { message: 'confirm=true is needed: this erases all your browsing history' })
  confirm: string;
}
