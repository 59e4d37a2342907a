import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { CalendarInterval } from '../../../../common/time/calendar.js';

export class ReportRangeDto {
  @ApiProperty({ type: String, nullable: true, example: '2025-01-01', description: 'As asked; null without one.' })
  from: string | null;

  @ApiProperty({ type: String, nullable: true, example: '2025-01-31', description: 'As asked; null without one.' })
  to: string | null;
}

const VALUE = { example: 'DE', description: 'As text; `(none)` where events lack the property.' } as const;
const BREAKDOWN = 'Only with `breakdown`: the same figures for each of the most frequent values, these first.';
const OTHER_VALUES = {
  type: 'integer',
  example: 0,
  description: 'Only with `breakdown`: how many values are not listed.',
} as const;
const PREVIOUS = 'Only with `compare=previous`: the time before.';

/** The figures of an overview. */
export class TotalsDto {
  @ApiProperty({ type: 'integer', example: 120 })
  totalEvents: number;

  @ApiProperty({ type: 'integer', example: 15, description: 'Distinct persons; an event without ids is nobody’s.' })
  uniqueUsers: number;

  @ApiProperty({ type: 'integer', example: 6 })
  uniqueEventNames: number;
}

export class PreviousTotalsDto extends TotalsDto {
  @ApiProperty({ type: ReportRangeDto })
  range: ReportRangeDto;
}

export class TotalsChangeDto {
  @ApiProperty({
    type: Number,
    nullable: true,
    example: 0.25,
    description: '(now − before) ÷ before; null without a before.',
  })
  totalEvents: number | null;

  @ApiProperty({ type: Number, nullable: true, example: -0.1 })
  uniqueUsers: number | null;

  @ApiProperty({ type: Number, nullable: true, example: 0 })
  uniqueEventNames: number | null;
}

export class TotalsOfValueDto extends TotalsDto {
  @ApiProperty(VALUE)
  value: string;
}

export class OverviewDto extends TotalsDto {
  @ApiProperty({ example: 'a1b2c3d4e5f6' })
  projectKey: string;

  @ApiProperty({ type: ReportRangeDto })
  range: ReportRangeDto;

  @ApiPropertyOptional({ type: PreviousTotalsDto, description: PREVIOUS })
  previous?: PreviousTotalsDto;

  @ApiPropertyOptional({ type: TotalsChangeDto, description: 'Only with `compare=previous`.' })
  change?: TotalsChangeDto;

  @ApiPropertyOptional({ type: [TotalsOfValueDto], description: BREAKDOWN })
  breakdown?: TotalsOfValueDto[];

  @ApiPropertyOptional(OTHER_VALUES)
  otherValues?: number;
}

export class EventCountDto {
  @ApiProperty({ example: 'screen_view' })
  eventName: string;

  @ApiProperty({ type: 'integer', example: 45 })
  count: number;
}

export class TopEventsOfValueDto {
  @ApiProperty(VALUE)
  value: string;

  @ApiProperty({ type: [EventCountDto], description: 'Most frequent first; equal counts by name.' })
  items: EventCountDto[];
}

export class TopEventsDto {
  @ApiProperty({ example: 'a1b2c3d4e5f6' })
  projectKey: string;

  @ApiProperty({ type: [EventCountDto], description: 'Most frequent first; equal counts by name.' })
  items: EventCountDto[];

  @ApiPropertyOptional({ type: [TopEventsOfValueDto], description: BREAKDOWN })
  breakdown?: TopEventsOfValueDto[];

  @ApiPropertyOptional(OTHER_VALUES)
  otherValues?: number;
}

export class SeriesItemDto {
  @ApiProperty({
    example: '2025-01-01',
    description:
      'Local: day `2025-01-01`, hour `2025-01-01 13:00`, week by its first day, month `2025-01`. ' +
      'The hour that clocks repeat in autumn is two items with the same text, in order.',
  })
  time: string;

  @ApiProperty({ type: 'integer', example: 20 })
  count: number;
}

export class PreviousSeriesDto {
  @ApiProperty({ type: ReportRangeDto })
  range: ReportRangeDto;

  @ApiProperty({ type: [SeriesItemDto] })
  items: SeriesItemDto[];
}

export class SeriesOfValueDto {
  @ApiProperty(VALUE)
  value: string;

  @ApiProperty({ type: [SeriesItemDto] })
  items: SeriesItemDto[];
}

export class EventsTimeseriesDto {
  @ApiProperty({ example: 'a1b2c3d4e5f6' })
  projectKey: string;

  @ApiProperty({ enum: ['hour', 'day', 'week', 'month'], example: 'day' })
  interval: CalendarInterval;

  @ApiProperty({ type: [SeriesItemDto], description: 'In order of time, empty ones with 0.' })
  items: SeriesItemDto[];

  @ApiPropertyOptional({ type: PreviousSeriesDto, description: PREVIOUS })
  previous?: PreviousSeriesDto;

  @ApiPropertyOptional({ type: [SeriesOfValueDto], description: BREAKDOWN })
  breakdown?: SeriesOfValueDto[];

  @ApiPropertyOptional(OTHER_VALUES)
  otherValues?: number;
}

/** The figures of a conversion. */
export class ConversionFiguresDto {
  @ApiProperty({ type: 'integer', example: 15, description: 'Persons with any event.' })
  totalUsers: number;

  @ApiProperty({ type: 'integer', example: 6, description: 'Those of them with the conversion event.' })
  convertedUsers: number;

  @ApiProperty({ example: 0.4, description: 'convertedUsers ÷ totalUsers; 0 without users.' })
  conversionRate: number;
}

export class ConversionOfValueDto extends ConversionFiguresDto {
  @ApiProperty(VALUE)
  value: string;
}

export class ConversionDto extends ConversionFiguresDto {
  @ApiProperty({ example: 'a1b2c3d4e5f6' })
  projectKey: string;

  @ApiProperty({ example: 'purchase_success' })
  conversionEvent: string;

  @ApiProperty({ type: ReportRangeDto })
  range: ReportRangeDto;

  @ApiPropertyOptional({ type: [ConversionOfValueDto], description: BREAKDOWN })
  breakdown?: ConversionOfValueDto[];

  @ApiPropertyOptional(OTHER_VALUES)
  otherValues?: number;
}
