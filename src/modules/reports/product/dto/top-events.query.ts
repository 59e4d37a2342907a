import { ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import { Transform } from 'class-transformer';
import { BreakdownQuery } from './breakdown.query.js';
import { NotSupported } from './report.query.js';

// class-validator reports the lowest decorator that fails: the check of the type stands last.
export class TopEventsQuery extends BreakdownQuery {
  @ApiPropertyOptional({
    type: Number,
    minimum: 0,
    maximum: 50,
    default: 10,
    example: 10,
    description: 'Lowered to 50; 0 is raised to 1.',
  })
  @IsOptional()
  @Matches(/^\d*$/, { message: 'limit must be a whole number from 0 on' })
  limit?: string;

  @ApiPropertyOptional({
    type: String,
    example: 'app_open,heartbeat',
    description: 'Event names to leave out, by comma; may be repeated.',
  })
  @Transform(({ value }: { value: unknown }) => (value === undefined || Array.isArray(value) ? value : [value]))
  @IsOptional()
  @MaxLength(10_000, { each: true, message: 'exclude is too long' })
  @IsString({ each: true, message: 'exclude must be text' })
  @ArrayMaxSize(50, { message: 'exclude may be repeated 50 times' })
  exclude?: string[];

  @NotSupported()
  compare?: undefined;
}
