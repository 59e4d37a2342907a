import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsIn, IsOptional } from 'class-validator';
import type { CalendarInterval } from '../../../../common/time/calendar.js';
import { EmptyIsAbsent } from './empty-is-absent.decorator.js';
import { PlainReportQuery } from './report.query.js';

const INTERVALS = ['hour', 'day', 'week', 'month'] as const satisfies CalendarInterval[];
export const SESSION_KINDS = ['inactivity', 'sessionId'] as const;
export type SessionKind = (typeof SESSION_KINDS)[number];

export class SessionsQuery extends PlainReportQuery {
  @ApiPropertyOptional({ enum: INTERVALS, default: 'day', example: 'day' })
  @EmptyIsAbsent()
  @IsOptional()
  @IsIn(INTERVALS, { message: 'interval must be one of hour, day, week, month' })
  interval?: CalendarInterval;

  @ApiPropertyOptional({
    enum: SESSION_KINDS,
    default: 'inactivity',
    example: 'inactivity',
    description:
      '`inactivity`: a person’s events without more than 30 min between two, at most 24 hours. `sessionId`: the ' +
      'events of one person with one `sessionId`, those without any other id with the only person who has it; events ' +
      'without a `sessionId` are left out.',
  })
  @EmptyIsAbsent()
  @IsOptional()
  @IsIn(SESSION_KINDS, { message: 'by must be inactivity or sessionId' })
  by?: SessionKind;
}
