import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsNotEmpty,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateBy,
  ValidateIf,
} from 'class-validator';
import { IsTimeZone } from '../../../../common/time/time-zone.js';
import { FUNNEL_WINDOW } from '../funnel/funnel-window.js';
import { EmptyIsAbsent } from './empty-is-absent.decorator.js';

export const FUNNEL_MODES = ['USER', 'PROCESS'] as const;
export type FunnelMode = (typeof FUNNEL_MODES)[number];

const IsTimeInput = () =>
  ValidateBy({
    name: 'isTimeInput',
    validator: {
      validate: (value) => typeof value === 'string' || typeof value === 'number',
      defaultMessage: (args) => `${args?.property ?? 'the time'} must be text or epoch milliseconds`,
    },
  });

// class-validator reports the lowest decorator that fails: the check of the type stands last.
export class FunnelRequestDto {
  @ApiProperty({ example: 'a1b2c3d4e5f6' })
  @IsNotEmpty({ message: 'projectKey is required' })
  @IsString({ message: 'projectKey is required' })
  projectKey: string;

  @ApiProperty({
    type: [String],
    example: ['app_open', 'screen_view', 'login_success', 'purchase_success'],
    minItems: 2,
    maxItems: 20,
    description: 'Event names in the order in which they must happen; a name may be repeated.',
  })
  @Length(1, 200, { each: true, message: 'every step must have 1 to 200 characters' })
  @IsString({ each: true, message: 'every step must be an event name' })
  @ArrayMaxSize(20, { message: 'steps must have at most 20 event names' })
  @ArrayMinSize(2, { message: 'steps must have at least 2 event names' })
  @IsArray({ message: 'steps must be an array of 2 to 20 event names' })
  steps: string[];

  @ApiPropertyOptional({ type: String, example: '2025-01-01', description: 'First instant, inclusive.' })
  @IsOptional()
  @IsTimeInput()
  from?: string | number;

  @ApiPropertyOptional({
    type: String,
    example: '2025-01-31',
    description: 'Last instant, inclusive; a date covers its whole local day.',
  })
  @IsOptional()
  @IsTimeInput()
  to?: string | number;

  @ApiPropertyOptional({
    example: 'Europe/Berlin',
    description: "IANA time zone of dates; default: the project's, else UTC.",
  })
  @ValidateIf((body: FunnelRequestDto) => !['', undefined, null].includes(body.tz))
  @IsTimeZone()
  tz?: string;

  @ApiPropertyOptional({
    enum: FUNNEL_MODES,
    default: 'USER',
    example: 'USER',
    description: 'Who goes through the steps: persons, or runs (`processId`) of one process.',
  })
  @EmptyIsAbsent()
  @IsOptional()
  @IsIn(FUNNEL_MODES, { message: 'mode must be USER or PROCESS' })
  mode?: FunnelMode;

  @ApiPropertyOptional({ example: 'checkout', maxLength: 128, description: 'Needed for PROCESS, ignored for USER.' })
  @ValidateIf((body: FunnelRequestDto) => body.mode === 'PROCESS' || !['', undefined, null].includes(body.processName))
  @MaxLength(128, { message: 'processName must have at most 128 characters' })
  @IsNotEmpty({ message: 'processName is required for mode PROCESS' })
  @IsString({ message: 'processName must be text, and is required for mode PROCESS' })
  processName?: string;

  @ApiPropertyOptional({
    example: '14d',
    pattern: '^[1-9][0-9]{0,8}[smhd]$',
    description:
      'Longest time from the first to the last step, inclusive: `90s`, `30m`, `12h`, `14d`. Absent: no limit.',
  })
  @IsOptional()
  @Matches(FUNNEL_WINDOW, { message: 'window must be a whole number and a unit, for example 90s, 30m, 12h or 14d' })
  window?: string;

  @ApiPropertyOptional({
    example: 'properties.country',
    maxLength: 200,
    description: 'Adds the same steps for the 25 values of this property with the most persons at step 1.',
  })
  @IsOptional()
  @IsString({ message: 'breakdown must be text' })
  breakdown?: string;

  @ApiPropertyOptional({
    type: 'object',
    additionalProperties: true,
    example: { 'properties.country': 'DE', 'properties.amount': { gt: 10 } },
    description:
      'Only events whose properties are so: a value, or an object of operators `eq`, `neq`, `in` (a list), `exists`, ' +
      '`lt`, `gt`, `contains`. Otherwise as the filters of a query.',
  })
  @IsOptional()
  @IsObject({ message: 'filter must be an object, for example {"properties.country": "DE"}' })
  filter?: Record<string, unknown>;
}
