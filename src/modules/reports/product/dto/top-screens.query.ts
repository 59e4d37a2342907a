import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, Matches } from 'class-validator';
import { PlainReportQuery } from './report.query.js';

export class TopScreensQuery extends PlainReportQuery {
  @ApiPropertyOptional({
    type: Number,
    minimum: 0,
    maximum: 100,
    default: 20,
    example: 20,
    description: 'Lowered to 100; 0 is raised to 1.',
  })
  @IsOptional()
  @Matches(/^\d*$/, { message: 'limit must be a whole number from 0 on' })
  limit?: string;
}
