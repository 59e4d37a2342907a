import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import { BreakdownQuery } from './breakdown.query.js';

/** A report that can be compared with the time before. */
export class ComparedQuery extends BreakdownQuery {
  @ApiPropertyOptional({
    enum: ['previous'],
    description:
      'Adds the figures of the time of the same length directly before; between two dates, of as many local days. ' +
      'Needs `from` and `to`.',
  })
  @IsOptional()
  @IsIn(['', 'previous'], { message: 'compare must be previous' })
  compare?: string;
}

export class OverviewQuery extends ComparedQuery {}
