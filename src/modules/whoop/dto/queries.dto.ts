import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsNotEmpty, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { DirectRequest } from '../api/whoop-direct.service.js';
import type { DateRangeRequest } from '../dashboard/date-range.js';
import type { ExportFormat } from '../dashboard/whoop-export.service.js';

const MAX_DAYS = 3660;
const WHOLE = /^(?:\d{1,9})?$/;

const OptionalFlag = (name: string, description: string) => (target: object, property: string) => {
  ApiPropertyOptional({ enum: ['true', 'false'], example: 'true', description })(target, property);
  IsOptional()(target, property);
  IsIn(['true', 'false', ''], { message: `${name} must be true or false` })(target, property);
};

/** `days` as text: empty counts as absent; above the most it is the most. */
function daysOf(text: string | undefined, most: number): number | undefined {
  return text === undefined || text === '' ? undefined : Math.min(most, Math.max(1, Number(text)));
}

export class WhoopDaysQuery {
  @ApiPropertyOptional({
    type: Number,
    minimum: 1,
    maximum: MAX_DAYS,
    example: 7,
    description: 'Local days that end today.',
  })
  @IsOptional()
  @Matches(/^(?:0*[1-9]\d{0,8})?$/, { message: 'days must be a whole number of at least 1' })
  @IsString({ message: 'days must be given once' })
  days?: string;

  static toDays({ days }: WhoopDaysQuery, most = MAX_DAYS): number | undefined {
    return daysOf(days, most);
  }
}

// class-validator reports the lowest decorator that fails: the check of the type stands last.
export class WhoopRangeQuery extends WhoopDaysQuery {
  @ApiPropertyOptional({
    example: '2025-11-01',
    description: 'First local day, inclusive. With a bound `days` has no meaning.',
  })
  @IsOptional()
  @MaxLength(64, { message: 'start_date must have at most 64 characters' })
  @IsString({ message: 'start_date must be given once' })
  start_date?: string;

  @ApiPropertyOptional({ example: '2025-11-20', description: 'Last local day, inclusive.' })
  @IsOptional()
  @MaxLength(64, { message: 'end_date must have at most 64 characters' })
  @IsString({ message: 'end_date must be given once' })
  end_date?: string;

  static toRequest(query: WhoopRangeQuery): DateRangeRequest {
    return { days: daysOf(query.days, MAX_DAYS), startDate: query.start_date, endDate: query.end_date };
  }
}

export class WhoopSleepQuery extends WhoopRangeQuery {
  @OptionalFlag('include_naps', 'Naps too; without it main sleeps only.')
  include_naps?: string;
}

export class WhoopProfileQuery {
  @OptionalFlag('refresh', 'Asks WHOOP instead of showing what is stored.')
  refresh?: string;
}

export class WhoopExportQuery {
  @ApiPropertyOptional({ enum: ['json', 'csv'], example: 'csv' })
  @IsOptional()
  @IsIn(['json', 'csv', ''], { message: 'format must be csv or json' })
  format?: ExportFormat | '';
}

export class WhoopEraseQuery {
  @ApiProperty({
    enum: ['true'],
    example: 'true',
    description: 'Must be `true`: nothing brings the data back but a sync.',
  })
  @IsIn(['true'], { message: 'confirm must be true' })
  confirm: string;
}

export class WhoopUnlinkQuery {
  @OptionalFlag('erase', 'Erases all stored records too.')
  erase?: string;
}

export class WhoopAuthorizeQuery {
  @ApiPropertyOptional({
    example: 'https://almanac.example.com/api/whoop/auth/callback',
    description:
      'As registered in the WHOOP developer dashboard; default: `WHOOP_REDIRECT_URI`, else this server’s callback.',
  })
  @IsOptional()
  @Matches(/^(?:[a-z][a-z0-9+.-]*:\/\/[\x21-\x7e]+)?$/i, { message: 'redirect_uri must be an address' })
  @MaxLength(2000, { message: 'redirect_uri must have at most 2000 characters' })
  @IsString({ message: 'redirect_uri must be given once' })
  redirect_uri?: string;
}

export class WhoopCallbackQuery {
  @ApiPropertyOptional({ example: 'Ab3dE5gH' })
  @IsOptional()
  @MaxLength(200, { message: 'state must have at most 200 characters' })
  @IsString({ message: 'state must be given once' })
  state?: string;

  @ApiPropertyOptional({ example: 'the-code-of-whoop' })
  @IsOptional()
  @MaxLength(4096, { message: 'code must have at most 4096 characters' })
  @IsString({ message: 'code must be given once' })
  code?: string;

  @ApiPropertyOptional({ example: 'access_denied', description: 'When the member refuses.' })
  @IsOptional()
  @IsString({ message: 'error must be given once' })
  error?: string;

  static toRequest({ state, code, error }: WhoopCallbackQuery): { state?: string; code?: string; error?: string } {
    return { state: state || undefined, code: code || undefined, error: error || undefined };
  }
}

export class WhoopExchangeCodeDto {
  @ApiProperty({ example: 'the-code-of-whoop' })
  @MaxLength(4096, { message: 'code must have at most 4096 characters' })
  @IsNotEmpty({ message: 'code must not be empty' })
  @IsString({ message: 'code must be text' })
  code: string;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'https://almanac.example.com/api/whoop/auth/callback' })
  @IsOptional()
  @MaxLength(2000, { message: 'redirect_uri must have at most 2000 characters' })
  @IsString({ message: 'redirect_uri must be text' })
  redirect_uri?: string | null;

  @ApiPropertyOptional({ type: String, nullable: true, example: 'Ab3dE5gH' })
  @IsOptional()
  @MaxLength(200, { message: 'state must have at most 200 characters' })
  @IsString({ message: 'state must be text' })
  state?: string | null;

  static toRequest({ code, redirect_uri, state }: WhoopExchangeCodeDto) {
    return { code, redirectUri: redirect_uri || undefined, state: state || undefined };
  }
}

/** What the routes that go straight to WHOOP take. */
export class WhoopDirectQuery extends WhoopDaysQuery {
  @ApiPropertyOptional({ example: '2025-11-01T00:00:00Z', description: 'WHOOP’s `start`.' })
  @IsOptional()
  @MaxLength(64, { message: 'start must have at most 64 characters' })
  @IsString({ message: 'start must be given once' })
  start?: string;

  @ApiPropertyOptional({ example: '2025-11-20T00:00:00Z', description: 'WHOOP’s `end`.' })
  @IsOptional()
  @MaxLength(64, { message: 'end must have at most 64 characters' })
  @IsString({ message: 'end must be given once' })
  end?: string;

  @ApiPropertyOptional({ type: Number, example: 25, description: 'Most records in all; 1,000 at the most.' })
  @IsOptional()
  @Matches(WHOLE, { message: 'limit must be a whole number' })
  @IsString({ message: 'limit must be given once' })
  limit?: string;

  static toRequest({ days, start, end, limit }: WhoopDirectQuery): DirectRequest {
    return { days: daysOf(days, MAX_DAYS), start, end, limit: limit ? Number(limit) : undefined };
  }
}
