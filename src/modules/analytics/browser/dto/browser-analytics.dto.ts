import { ApiProperty } from '@nestjs/swagger';
import { CATEGORIES, type Category } from '../../../../common/categories/category.js';
import type { Span } from '../../../../common/time/calendar.js';
import { weekdayName } from '../../../../common/time/weekday.js';
import type { Dashboard, DomainTime, Patterns, Productivity, TimeSpent } from '../browser-analytics.service.js';
import { toHours } from '../figures/rounding.js';
import { GAP_POLICIES, type GapPolicy } from '../gap-policy.js';

const TOP_DOMAINS = 10;
const MOST_TIME = 20;

export class PeriodDto {
  @ApiProperty({ example: '2025-11-15T23:00:00.000Z', description: 'First instant of the first local day.' })
  start: string;

  @ApiProperty({ example: '2025-11-22T22:59:59.999Z', description: 'Last instant of today.' })
  end: string;

  @ApiProperty({ example: 7 })
  days: number;

  static from({ from, toExclusive }: Span, days: number): PeriodDto {
    const dto = new PeriodDto();
    dto.start = new Date(from).toISOString();
    dto.end = new Date(toExclusive - 1).toISOString();
    dto.days = days;
    return dto;
  }
}

export class DailyEventsDto {
  @ApiProperty({ example: '2025-11-22' })
  date: string;

  @ApiProperty({ example: 184 })
  count: number;
}

export class DomainEventsDto {
  @ApiProperty({ example: 'github.com' })
  domain: string;

  @ApiProperty({ example: 412 })
  count: number;
}

export class EventTypeDto {
  @ApiProperty({ example: 'TAB_ACTIVATED' })
  type: string;

  @ApiProperty({ example: 640 })
  count: number;
}

export class HourlyActivityDto {
  @ApiProperty({ example: 9, minimum: 0, maximum: 23 })
  hour: number;

  @ApiProperty({ example: 96 })
  count: number;
}

export class DashboardDto {
  @ApiProperty({ type: PeriodDto })
  period: PeriodDto;

  @ApiProperty({ example: 1280 })
  total_events: number;

  @ApiProperty({ type: [DailyEventsDto], description: 'Every local day of the period.' })
  daily_events: DailyEventsDto[];

  @ApiProperty({ type: [DomainEventsDto], description: `The ${TOP_DOMAINS} with the most events.` })
  top_domains: DomainEventsDto[];

  @ApiProperty({ type: [EventTypeDto], description: 'The most first.' })
  event_types: EventTypeDto[];

  @ApiProperty({ type: [HourlyActivityDto], description: 'Every hour of the local clock, over all days.' })
  hourly_activity: HourlyActivityDto[];

  static from(dashboard: Dashboard & { span: Span; days: number }): DashboardDto {
    const dto = new DashboardDto();
    dto.period = PeriodDto.from(dashboard.span, dashboard.days);
    dto.total_events = dashboard.totalEvents;
    dto.daily_events = dashboard.dailyEvents.map(({ date, count }) => ({ date, count }));
    dto.top_domains = dashboard.domains.slice(0, TOP_DOMAINS).map(({ domain, count }) => ({ domain, count }));
    dto.event_types = dashboard.types.map(({ type, count }) => ({ type, count }));
    dto.hourly_activity = dashboard.hours.map((count, hour) => ({ hour, count }));
    return dto;
  }
}

export class DomainTimeDto {
  @ApiProperty({ example: 'github.com' })
  domain: string;

  @ApiProperty({ example: 395.5 })
  minutes: number;

  @ApiProperty({ example: 6.59 })
  hours: number;

  @ApiProperty({ enum: CATEGORIES, example: 'work' })
  category: Category;

  static from({ domain, ms, minutes, category }: DomainTime): DomainTimeDto {
    const dto = new DomainTimeDto();
    dto.domain = domain;
    dto.minutes = minutes;
    dto.hours = toHours(ms);
    dto.category = category;
    return dto;
  }
}

export class TimeSpentDto {
  @ApiProperty({ type: [DomainTimeDto], description: `The ${MOST_TIME} domains with the most time.` })
  time_spent: DomainTimeDto[];

  @ApiProperty({ example: 1204.75, description: 'Over all domains.' })
  total_minutes: number;

  @ApiProperty({ enum: GAP_POLICIES, example: 'cap' })
  gap_policy: GapPolicy;

  static from({ domains, totalMinutes, gapPolicy }: TimeSpent): TimeSpentDto {
    const dto = new TimeSpentDto();
    dto.time_spent = domains.slice(0, MOST_TIME).map((row) => DomainTimeDto.from(row));
    dto.total_minutes = totalMinutes;
    dto.gap_policy = gapPolicy;
    return dto;
  }
}

export class ProductivityDto {
  @ApiProperty({ example: 43.75, description: '100 × the productive share − 25 × the social share, within 0 and 100.' })
  score: number;

  @ApiProperty({ example: 640, description: 'Of work and learning.' })
  productive_events: number;

  @ApiProperty({ example: 320, description: 'Of social and entertainment.' })
  social_events: number;

  @ApiProperty({ example: 1280, description: 'Those with a domain.' })
  total_events: number;

  @ApiProperty({ example: 50 })
  productive_percentage: number;

  @ApiProperty({ example: 25 })
  social_percentage: number;

  @ApiProperty({ example: 812.5 })
  productive_minutes: number;

  @ApiProperty({ example: 240.25 })
  social_minutes: number;

  @ApiProperty({ example: 152 })
  neutral_minutes: number;

  @ApiProperty({ example: 62.46, description: 'As `score`, by minutes.' })
  time_score: number;

  static from(productivity: Productivity): ProductivityDto {
    const dto = new ProductivityDto();
    dto.score = productivity.score;
    dto.productive_events = productivity.productiveEvents;
    dto.social_events = productivity.socialEvents;
    dto.total_events = productivity.totalEvents;
    dto.productive_percentage = productivity.productivePercentage;
    dto.social_percentage = productivity.socialPercentage;
    dto.productive_minutes = productivity.productiveMinutes;
    dto.social_minutes = productivity.socialMinutes;
    dto.neutral_minutes = productivity.neutralMinutes;
    dto.time_score = productivity.timeScore;
    return dto;
  }
}

export class PeakHourDto {
  @ApiProperty({ example: 10, minimum: 0, maximum: 23, description: 'Hour of the local clock.' })
  _id: number;

  @ApiProperty({ example: 412 })
  count: number;
}

export class PeakDayDto {
  @ApiProperty({ example: 3, minimum: 1, maximum: 7, description: '1 Sunday to 7 Saturday.' })
  _id: number;

  @ApiProperty({ example: 980 })
  count: number;
}

export class PeaksDto {
  @ApiProperty({ type: PeakHourDto, nullable: true })
  peak_hour: PeakHourDto | null;

  @ApiProperty({ type: PeakDayDto, nullable: true })
  peak_day: PeakDayDto | null;
}

export class PatternsDto {
  @ApiProperty({ type: Number, nullable: true, example: 10 })
  most_active_hour: number | null;

  @ApiProperty({ type: String, nullable: true, example: 'Tuesday' })
  most_active_day: string | null;

  @ApiProperty({ type: PeaksDto, description: 'Both `null` when nothing was recorded.' })
  patterns: PeaksDto;

  static from({ peakHour, peakDay }: Patterns): PatternsDto {
    const dto = new PatternsDto();
    dto.most_active_hour = peakHour?.hour ?? null;
    dto.most_active_day = peakDay === null ? null : nameOf(peakDay.day);
    dto.patterns = {
      peak_hour: peakHour === null ? null : { _id: peakHour.hour, count: peakHour.count },
      peak_day: peakDay === null ? null : { _id: peakDay.day, count: peakDay.count },
    };
    return dto;
  }
}

/** @param day 1 Sunday to 7 Saturday */
function nameOf(day: number): string {
  const name = weekdayName(day === 1 ? 7 : day - 1) ?? '';
  return name.charAt(0).toUpperCase() + name.slice(1);
}
