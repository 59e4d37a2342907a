import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { categoryGroupOf, type Category, type CategoryGroup } from '../../../common/categories/category.js';
import { CategoryTable } from '../../../common/categories/category-table.js';
import type { Span } from '../../../common/time/calendar.js';
import type { UserSettings } from '../../auth/user-settings.js';
import { BrowsingReader } from './browsing-reader.service.js';
import { CalendarCounts, peakOf, type DayCount } from './figures/calendar-counts.js';
import { EventCounts, ranked } from './figures/event-counts.js';
import { percentage, productivityScore } from './figures/productivity-score.js';
import { LongestStretch, type DomainStretch } from './figures/longest-stretch.js';
import { toMinutes } from './figures/rounding.js';
import type { GapPolicy } from './gap-policy.js';

const VERSION_LENGTH = 32;

export interface DomainTime {
  domain: string;
  category: Category;
  /** Exact. */
  ms: number;
  /** Rounded to 2 decimals, as every other figure of minutes here. */
  minutes: number;
}

export interface TimeSpent {
  /** All of them, the most time first. */
  domains: DomainTime[];
  totalMs: number;
  totalMinutes: number;
  gapPolicy: GapPolicy;
}

/** Events count only when they have a domain. Percentages are 0 to 100 and, as the scores, have 2 decimals. */
export interface Productivity {
  score: number;
  productiveEvents: number;
  socialEvents: number;
  totalEvents: number;
  productivePercentage: number;
  socialPercentage: number;
  productiveMinutes: number;
  socialMinutes: number;
  neutralMinutes: number;
  totalMinutes: number;
  timeScore: number;
}

/** `null` where there is no event. */
export interface Patterns {
  /** 0 to 23, local. */
  peakHour: { hour: number; count: number } | null;
  /** 1 Sunday to 7 Saturday, local. */
  peakDay: { day: number; count: number } | null;
}

export interface DomainCount {
  domain: string;
  count: number;
}

export interface Dashboard {
  totalEvents: number;
  /** Every local day of the span. */
  dailyEvents: DayCount[];
  /** All of them, the most events first, as are the types. */
  domains: DomainCount[];
  types: { type: string; count: number }[];
  /** By the local hour, 0 to 23. */
  hours: number[];
}

/** What several reports say of a span, and what only its description needs. */
export interface BrowsingOverview {
  timeSpent: TimeSpent;
  productivity: Productivity;
  patterns: Patterns;
  dashboard: Dashboard;
  /** Epoch milliseconds; `null`: no time was spent on any domain. */
  longest: DomainStretch | null;
}

/** What one user's browsing adds up to. A span is `[from, toExclusive)` in epoch milliseconds, `settings` are the user's. */
@Injectable()
export class BrowserAnalyticsService {
  constructor(private readonly reader: BrowsingReader) {}

  async timeSpent(userId: string, span: Span, settings: UserSettings, gap: GapPolicy = 'cap'): Promise<TimeSpent> {
    return toTimeSpent(await this.reader.time(userId, span, gap), new CategoryTable(settings.categorization), gap);
  }

  async productivity(
    userId: string,
    span: Span,
    settings: UserSettings,
    gap: GapPolicy = 'cap',
  ): Promise<Productivity> {
    const counts = new EventCounts();
    const time = await this.reader.time(userId, span, gap, counts);
    return toProductivity(counts, time, new CategoryTable(settings.categorization));
  }

  async patterns(userId: string, span: Span, timeZone: string): Promise<Patterns> {
    return toPatterns(await this.visited(userId, span, new CalendarCounts(span, timeZone)));
  }

  async dashboard(userId: string, span: Span, timeZone: string): Promise<Dashboard> {
    const counts = new EventCounts();
    const calendar = new CalendarCounts(span, timeZone);
    await this.reader.visit(userId, span, counts, calendar);
    return toDashboard(counts, calendar);
  }

  /** All of that from one reading of the events; each part is what the method of its name answers, with the gap policy `cap`. */
  async overview(userId: string, span: Span, settings: UserSettings, timeZone: string): Promise<BrowsingOverview> {
    const counts = new EventCounts();
    const calendar = new CalendarCounts(span, timeZone);
    const stretches = new LongestStretch();
    const time = await this.reader.time(userId, span, 'cap', counts, calendar, stretches);
    const table = new CategoryTable(settings.categorization);
    return {
      timeSpent: toTimeSpent(time, table, 'cap'),
      productivity: toProductivity(counts, time, table),
      patterns: toPatterns(calendar),
      dashboard: toDashboard(counts, calendar),
      longest: stretches.longest,
    };
  }

  /** All events, also those without a domain. */
  async eventCount(userId: string, span: Span): Promise<number> {
    return (await this.visited(userId, span, new EventCounts())).total;
  }

  /** The most events first. */
  async topDomains(userId: string, span: Span, limit: number): Promise<DomainCount[]> {
    return toDomainCounts(await this.visited(userId, span, new EventCounts())).slice(0, limit);
  }

  /**
   * Changes whenever an answer about the span may change: by new and late events in it, by others that change what its
   * time is spent on, by erasure. It stays the same when only events come that leave the span as it was.
   */
  async dataVersion(userId: string, span: Span): Promise<string> {
    const counts = new EventCounts();
    const calendar = new CalendarCounts(span, 'UTC');
    const time = await this.reader.time(userId, span, 'cap', counts, calendar);
    const { hours, daily } = calendar;
    const content = [counts.total, ranked(counts.types), ranked(counts.domains), ranked(time), hours, daily];
    return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, VERSION_LENGTH);
  }

  private async visited<T extends EventCounts | CalendarCounts>(userId: string, span: Span, visitor: T): Promise<T> {
    await this.reader.visit(userId, span, visitor);
    return visitor;
  }
}

function toTimeSpent(time: ReadonlyMap<string, number>, table: CategoryTable, gap: GapPolicy): TimeSpent {
  const domains = ranked(time).map(([domain, ms]) => ({
    domain,
    category: table.categoryOf(domain),
    ms,
    minutes: toMinutes(ms),
  }));
  const totalMs = domains.reduce((total, { ms }) => total + ms, 0);
  return { domains, totalMs, totalMinutes: toMinutes(totalMs), gapPolicy: gap };
}

function toProductivity(counts: EventCounts, time: ReadonlyMap<string, number>, table: CategoryTable): Productivity {
  const events = byGroup(counts.domains, table);
  const ms = byGroup(time, table);
  return {
    score: productivityScore(events),
    productiveEvents: events.productive,
    socialEvents: events.social,
    totalEvents: events.total,
    productivePercentage: percentage(events.productive, events.total),
    socialPercentage: percentage(events.social, events.total),
    productiveMinutes: toMinutes(ms.productive),
    socialMinutes: toMinutes(ms.social),
    neutralMinutes: toMinutes(ms.neutral),
    totalMinutes: toMinutes(ms.total),
    timeScore: productivityScore(ms),
  };
}

function toPatterns({ hours, weekdays }: CalendarCounts): Patterns {
  const [hour, weekday] = [peakOf(hours), peakOf(weekdays)];
  return {
    peakHour: hour === null ? null : { hour, count: hours[hour]! },
    peakDay: weekday === null ? null : { day: weekday + 1, count: weekdays[weekday]! },
  };
}

function toDashboard(counts: EventCounts, calendar: CalendarCounts): Dashboard {
  return {
    totalEvents: counts.total,
    dailyEvents: calendar.daily,
    domains: toDomainCounts(counts),
    types: ranked(counts.types).map(([type, count]) => ({ type, count })),
    hours: calendar.hours,
  };
}

function byGroup(amounts: ReadonlyMap<string, number>, table: CategoryTable): Record<CategoryGroup | 'total', number> {
  const sums = { productive: 0, social: 0, neutral: 0, total: 0 };
  for (const [domain, amount] of amounts) {
    sums[categoryGroupOf(table.categoryOf(domain))] += amount;
    sums.total += amount;
  }
  return sums;
}

function toDomainCounts({ domains }: EventCounts): DomainCount[] {
  return ranked(domains).map(([domain, count]) => ({ domain, count }));
}
