import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { CalendarInterval } from '../../../../common/time/calendar.js';
import { EmptyIsAbsent } from './empty-is-absent.decorator.js';
import { ComparedQuery } from './overview.query.js';

const INTERVALS = ['hour', 'day', 'week', 'month'] as const satisfies CalendarInterval[];

export class EventsTimeseriesQuery extends ComparedQuery {
  @ApiPropertyOptional({ enum: INTERVALS, default: 'day', example: 'day' })
  @EmptyIsAbsent()
  @IsOptional()
  @IsIn(INTERVALS, { message: 'interval must be one of hour, day, week, month' })
  interval?: CalendarInterval;
}
