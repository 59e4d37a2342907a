import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { DomainEventsDto, PatternsDto } from '../../analytics/browser/dto/browser-analytics.dto.js';
import type { Told } from '../insights.service.js';

const TOP_DOMAINS = 10;

export class NarrativeDto {
  @ApiProperty({
    enum: ['model', 'template'],
    example: 'model',
    description: '`template` where no model is configured, or none of its text was fit to be shown.',
  })
  source: 'model' | 'template';

  @ApiPropertyOptional({ example: 'gpt-4.1-mini', description: 'With `model` only.' })
  model?: string;

  static from({ source, model }: { source: 'model' | 'template'; model?: string }): NarrativeDto {
    const dto = new NarrativeDto();
    dto.source = source;
    if (model !== undefined) dto.model = model;
    return dto;
  }
}

export class DailySummaryDto {
  @ApiProperty({
    example:
      'You browsed for 3 h 12 min on Wednesday, 19 November, most of it on github.com (1 h 40 min), then on docs.python.org (38 min).',
  })
  summary: string;

  @ApiProperty({ example: '2025-11-19' })
  date: string;

  @ApiProperty({ example: 184 })
  event_count: number;

  @ApiProperty({ type: NarrativeDto })
  narrative: NarrativeDto;

  static from({ fields, range, figures, narrative }: Told<'summary'>): DailySummaryDto {
    const dto = new DailySummaryDto();
    dto.summary = text(fields.summary);
    dto.date = range.to;
    dto.event_count = figures.eventCount;
    dto.narrative = NarrativeDto.from(narrative);
    return dto;
  }
}

export class InsightTimeDto {
  @ApiProperty({ example: 1204.75, description: 'As `total_minutes` of /api/analytics/time-spent.' })
  total_minutes: number;

  @ApiProperty({ example: 812.5 })
  productive_minutes: number;

  @ApiProperty({ example: 240.25 })
  social_minutes: number;
}

export class ProductivityInsightsDto {
  @ApiProperty({
    example:
      'From 16 to 22 November you browsed for 20 h 5 min, above all on github.com (8 h 20 min), youtube.com (4 h) and docs.python.org (2 h 10 min). That is 2 h 10 min more than the 7 days before.',
  })
  insights: string;

  @ApiProperty({ example: 61.25, description: 'As `score` of /api/analytics/productivity.' })
  productivity_score: number;

  @ApiProperty({ type: InsightTimeDto })
  time_spent: InsightTimeDto;

  @ApiProperty({ type: NarrativeDto })
  narrative: NarrativeDto;

  static from({ fields, overview, narrative }: Told<'insights'>): ProductivityInsightsDto {
    const { score, productiveMinutes, socialMinutes } = overview.productivity;
    const dto = new ProductivityInsightsDto();
    dto.insights = text(fields.insights);
    dto.productivity_score = score;
    dto.time_spent = {
      total_minutes: overview.timeSpent.totalMinutes,
      productive_minutes: productiveMinutes,
      social_minutes: socialMinutes,
    };
    dto.narrative = NarrativeDto.from(narrative);
    return dto;
  }
}

export class WeekTextsDto {
  @ApiProperty({ example: 'In the week from 16 to 22 November you browsed for 20 h 5 min, on 5 of 7 days.' })
  summary: string;

  @ApiProperty({ type: [String], example: ['Thursday, 20 November, was the busiest day, with 301 events.'] })
  highlights: string[];

  @ApiProperty({
    type: [String],
    example: ['Plan what needs most attention for the time between 10:00 and 11:00, when you are most active anyway.'],
  })
  recommendations: string[];
}

export class WeekDataDto {
  @ApiProperty({ example: 1280 })
  total_events: number;

  @ApiProperty({ type: [DomainEventsDto], description: `The ${TOP_DOMAINS} with the most events.` })
  top_domains: DomainEventsDto[];

  @ApiProperty({ example: 61.25 })
  productivity_score: number;

  @ApiProperty({ type: Number, nullable: true, example: 10, description: 'Local hour with the most events.' })
  peak_hour: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'Thursday' })
  peak_day: string | null;
}

export class WeekPeriodDto {
  @ApiProperty({ example: '2025-11-15T23:00:00.000Z', description: 'First instant of the first local day.' })
  start: string;

  @ApiProperty({ example: '2025-11-22T22:59:59.999Z', description: 'Last instant of today.' })
  end: string;
}

export class WeeklyReportDto {
  @ApiProperty({ type: WeekTextsDto })
  report: WeekTextsDto;

  @ApiProperty({ type: WeekDataDto, description: 'Computed, never asked of a model.' })
  data: WeekDataDto;

  @ApiProperty({ type: WeekPeriodDto })
  period: WeekPeriodDto;

  @ApiProperty({ type: NarrativeDto })
  narrative: NarrativeDto;

  static from(told: Told<'summary' | 'highlights' | 'recommendations'>): WeeklyReportDto {
    const { fields, overview, span, narrative } = told;
    const { most_active_hour, most_active_day } = PatternsDto.from(overview.patterns);
    const dto = new WeeklyReportDto();
    dto.report = {
      summary: text(fields.summary),
      highlights: [fields.highlights].flat(),
      recommendations: [fields.recommendations].flat(),
    };
    dto.data = {
      total_events: overview.dashboard.totalEvents,
      top_domains: overview.dashboard.domains.slice(0, TOP_DOMAINS).map(({ domain, count }) => ({ domain, count })),
      productivity_score: overview.productivity.score,
      peak_hour: most_active_hour,
      peak_day: most_active_day,
    };
    dto.period = { start: new Date(span.from).toISOString(), end: new Date(span.toExclusive - 1).toISOString() };
    dto.narrative = NarrativeDto.from(narrative);
    return dto;
  }
}

function text(field: string | string[]): string {
  return [field].flat().join(' ');
}
