import { ApiPropertyOptional, ApiProperty } from '@nestjs/swagger';
import { Transform } from 'class-transformer';
import { IsEmpty, IsIn, IsNotEmpty, IsOptional, IsString } from 'class-validator';
import { IsTimeZone } from '../../../../common/time/time-zone.js';

/** From what a report is computed; for admins. */
export class ReportSourceQuery {
  @ApiPropertyOptional({
    enum: ['raw'],
    description: 'Computed from raw events even where rollups could answer; the figures are the same. Only for admins.',
  })
  @IsOptional()
  @IsIn(['', 'raw'], { message: 'source must be raw' })
  source?: string;
}

// class-validator reports the lowest decorator that fails: the check of the type stands last.
/** What every product report takes. `from` and `to` are read by the service, which knows the project's zone. */
export class ReportQuery extends ReportSourceQuery {
  @ApiProperty({ example: 'a1b2c3d4e5f6' })
  @IsNotEmpty({ message: 'projectKey is required' })
  @IsString({ message: 'projectKey is required, once, as text' })
  projectKey: string;

  @ApiPropertyOptional({
    example: '2025-01-01',
    description: 'First instant, inclusive: ISO 8601, epoch milliseconds, or a date for its whole local day.',
  })
  @IsOptional()
  @IsString({ message: 'from must be given once, as text' })
  from?: string;

  @ApiPropertyOptional({
    example: '2025-01-31',
    description: 'Last instant, inclusive; a date covers its whole local day.',
  })
  @IsOptional()
  @IsString({ message: 'to must be given once, as text' })
  to?: string;

  @ApiPropertyOptional({ example: 'Europe/Berlin', description: "IANA time zone; default: the project's, else UTC." })
  @Transform(({ value }: { value: unknown }) => zoneFromQuery(value))
  @IsOptional()
  @IsTimeZone()
  tz?: string;
}

/** Refuses what other reports take: a figure that was asked for must not be missing without a word. */
export const NotSupported = () => IsEmpty({ message: '$property is not supported by this report' });

/** A report without a breakdown and without a comparison. */
export class PlainReportQuery extends ReportQuery {
  @NotSupported()
  breakdown?: undefined;

  @NotSupported()
  compare?: undefined;
}

/** Empty counts as absent, and no zone has a space: that of `Etc/GMT 5` was a plus sign. */
function zoneFromQuery(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return value === '' ? undefined : value.replace(' ', '+');
}
