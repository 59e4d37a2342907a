import { ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsBoolean, IsIn, IsInt, IsOptional, IsString, Length, Max, Min, ValidateIf } from 'class-validator';
import { IsTimeZone } from '../../../common/time/time-zone.js';
import { WEEKDAYS, type Weekday } from '../../../common/time/weekday.js';
import { trimmed } from './create-project.dto.js';

/** A hundred years. */
const MAX_RETENTION_DAYS = 36_500;
const RETENTION_MESSAGE = `eventRetentionDays must be a whole number from 1 to ${MAX_RETENTION_DAYS}, or null`;

const isGiven = (_: unknown, value: unknown): boolean => value !== undefined;

export class UpdateProjectDto {
  @ApiPropertyOptional({ example: 'Demo App (iOS)', minLength: 1, maxLength: 200 })
  @ValidateIf(isGiven)
  @Transform(trimmed)
  @IsString({ message: 'name must be text' })
  @Length(1, 200, { message: 'name must have 1 to 200 characters' })
  name?: string;

  @ApiPropertyOptional({ example: true, description: 'false closes ingest and reports; true also undoes a deletion.' })
  @ValidateIf(isGiven)
  @IsBoolean({ message: 'isActive must be true or false' })
  isActive?: boolean;

  @ApiPropertyOptional({
    type: String,
    nullable: true,
    example: 'Europe/Berlin',
    description: 'IANA zone in which days of reports begin, unless a report asks for another. null: UTC.',
  })
  @IsOptional()
  @IsTimeZone()
  timezone?: string | null;

  @ApiPropertyOptional({
    enum: WEEKDAYS,
    nullable: true,
    example: 'monday',
    description: 'First day of a week. null: Monday.',
  })
  @IsOptional()
  @IsIn(WEEKDAYS, { message: `weekStart must be one of ${WEEKDAYS.join(', ')}` })
  weekStart?: Weekday | null;

  @ApiPropertyOptional({
    type: 'integer',
    minimum: 1,
    maximum: MAX_RETENTION_DAYS,
    nullable: true,
    example: 365,
    description:
      'Events are deleted once the UTC day in which they happened (without a time: were received) began so many days ' +
      'ago. null: as the server is configured (EVENT_RETENTION_DAYS), which keeps them for ever unless told otherwise.',
  })
  @IsOptional()
  @Max(MAX_RETENTION_DAYS, { message: RETENTION_MESSAGE })
  @Min(1, { message: RETENTION_MESSAGE })
  @IsInt({ message: RETENTION_MESSAGE })
  eventRetentionDays?: number | null;
}
