import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString } from 'class-validator';
import { ReportQuery } from './report.query.js';

/** A report that can also be given for each value of a property. */
export class BreakdownQuery extends ReportQuery {
  @ApiPropertyOptional({
    example: 'properties.country',
    maxLength: 200,
    description:
      'Adds the same figures for each of the 25 most frequent values of this property (equal counts by value), and the ' +
      'number of its other values. Values are texts as in filters: `(none)` where a property is missing. Nested keys ' +
      'are joined by dots.',
  })
  @IsOptional()
  @IsString({ message: 'breakdown must be given once, as text' })
  breakdown?: string;
}
