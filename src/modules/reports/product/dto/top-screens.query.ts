import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { ReportQuery } from './report.query.js';

export class TopScreensQuery extends ReportQuery {
  @ApiPropertyOptional({
    type: Number,
    minimum: 1,
    maximum: 100,
    default: 20,
    example: 20,
    description: 'Lowered to 100.',
  })
  @IsOptional()
  @Matches(/^(?:[1-9]\d*)?$/, { message: 'limit must be a whole number from 1 on' })
  limit?: string;
}
