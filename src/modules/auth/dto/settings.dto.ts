import { ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Max,
  MaxLength,
  Min,
  MinLength,
  ValidateBy,
} from 'class-validator';
import { CATEGORIES, type Category } from '../../../common/categories/category.js';
import { IsTimeZone } from '../../../common/time/time-zone.js';
import { WEEKDAYS, type Weekday } from '../../../common/time/weekday.js';
import type { UserSettings } from '../user-settings.js';

const MAX_DOMAINS = 1000;
const MAX_DOMAIN_LENGTH = 253;

function isCategorization(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const entries = Object.entries(value);
  return (
    entries.length <= MAX_DOMAINS &&
    entries.every(
      ([domain, category]) =>
        domain.length > 0 && domain.length <= MAX_DOMAIN_LENGTH && CATEGORIES.some((known) => known === category),
    )
  );
}

function IsCategorization(): PropertyDecorator {
  const message = `categorization must give domains (at most ${MAX_DOMAINS}) one of: ${CATEGORIES.join(', ')}`;
  return ValidateBy({
    name: 'isCategorization',
    validator: { validate: isCategorization, defaultMessage: () => message },
  });
}

/** All settings are optional, on the wire as in the store; in a request `null` takes one back. */
export class SettingsDto implements UserSettings {
  @ApiPropertyOptional({ type: Number, example: 5, minimum: 1, maximum: 1440, description: 'Minutes between uploads.' })
  @IsOptional()
  @Max(1440)
  @Min(1)
  @IsInt()
  sync_interval?: number;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: { type: 'string', enum: [...CATEGORIES] },
    example: { 'github.com': 'work', 'youtube.com': 'entertainment' },
    description: 'Domain → category, at most 1000.',
  })
  @IsOptional()
  @IsCategorization()
  categorization?: Record<string, Category>;

  @ApiPropertyOptional({ type: String, example: 'Europe/Berlin', description: 'IANA name.' })
  @IsOptional()
  @IsTimeZone()
  timezone?: string;

  @ApiPropertyOptional({ enum: WEEKDAYS, example: 'monday' })
  @IsOptional()
  @IsIn(WEEKDAYS)
  week_start?: Weekday;

  @ApiPropertyOptional({ type: [String], example: ['bank.example'], description: 'Domains that are never recorded.' })
  @IsOptional()
  @MaxLength(MAX_DOMAIN_LENGTH, { each: true })
  @MinLength(1, { each: true })
  @IsString({ each: true })
  @ArrayMaxSize(MAX_DOMAINS)
  @IsArray()
  excluded_domains?: string[];

  @ApiPropertyOptional({
    type: [String],
    example: ['youtube.com'],
    description: 'Domains whose query strings are kept.',
  })
  @IsOptional()
  @MaxLength(MAX_DOMAIN_LENGTH, { each: true })
  @MinLength(1, { each: true })
  @IsString({ each: true })
  @ArrayMaxSize(MAX_DOMAINS)
  @IsArray()
  keep_query_strings?: string[];

  static from(settings: UserSettings): SettingsDto {
    const dto = new SettingsDto();
    if (settings.sync_interval !== undefined) dto.sync_interval = settings.sync_interval;
    if (settings.categorization !== undefined) dto.categorization = settings.categorization;
    if (settings.timezone !== undefined) dto.timezone = settings.timezone;
    if (settings.week_start !== undefined) dto.week_start = settings.week_start;
    if (settings.excluded_domains !== undefined) dto.excluded_domains = settings.excluded_domains;
    if (settings.keep_query_strings !== undefined) dto.keep_query_strings = settings.keep_query_strings;
    return dto;
  }
}
