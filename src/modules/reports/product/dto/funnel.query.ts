import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsIn,
  IsNotEmpty,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateIf,
} from 'class-validator';
import { FUNNEL_WINDOW } from '../funnel/funnel-window.js';
import { BreakdownQuery } from './breakdown.query.js';
import { EmptyIsAbsent } from './empty-is-absent.decorator.js';
import { FUNNEL_MODES, type FunnelMode } from './funnel-request.dto.js';
import { NotSupported, ReportSourceQuery } from './report.query.js';

// class-validator reports the lowest decorator that fails: the check of the type stands last.
export class FunnelQuery extends BreakdownQuery {
  @ApiProperty({
    type: String,
    example: 'app_open,purchase_success',
    description: 'Event names, 2 to 20, in the order in which they must happen, by comma; may be repeated.',
  })
  @Transform(({ value }: { value: unknown }) => stepsFromQuery(value))
  @Length(1, 200, { each: true, message: 'every step must have 1 to 200 characters' })
  @IsString({ each: true, message: 'every step must be an event name' })
  @ArrayMaxSize(20, { message: 'steps must have at most 20 event names' })
  @ArrayMinSize(2, { message: 'steps must have at least 2 event names' })
  steps: string[];

  @ApiPropertyOptional({ enum: FUNNEL_MODES, default: 'USER', example: 'USER' })
  @EmptyIsAbsent()
  @IsOptional()
  @IsIn(FUNNEL_MODES, { message: 'mode must be USER or PROCESS' })
  mode?: FunnelMode;

  @ApiPropertyOptional({ example: 'checkout', maxLength: 128, description: 'Needed for PROCESS, ignored for USER.' })
  @ValidateIf((query: FunnelQuery) => query.mode === 'PROCESS' || !['', undefined].includes(query.processName))
  @MaxLength(128, { message: 'processName must have at most 128 characters' })
  @IsNotEmpty({ message: 'processName is required for mode PROCESS' })
  @IsString({ message: 'processName must be text, and is required for mode PROCESS' })
  processName?: string;

  @ApiPropertyOptional({ example: '14d', description: 'As in the POST.' })
  @IsOptional()
  @Matches(FUNNEL_WINDOW, { message: 'window must be a whole number and a unit, for example 90s, 30m, 12h or 14d' })
  window?: string;

  @NotSupported()
  compare?: undefined;
}

/** What the POST takes beside its body and filters. */
export class FunnelPostQuery extends ReportSourceQuery {
  @NotSupported()
  breakdown?: undefined;

  @NotSupported()
  compare?: undefined;
}

/** `a,b` and repeated parameters → the names; absent: none. What is no text is left to the checks. */
function stepsFromQuery(value: unknown): unknown[] {
  const parts: unknown[] = Array.isArray(value) ? value : [value ?? ''];
  return parts
    .flatMap((part): unknown[] => (typeof part === 'string' ? part.split(',').map((name) => name.trim()) : [part]))
    .filter((name) => name !== '');
}
