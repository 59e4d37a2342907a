import { Injectable } from '@nestjs/common';
import { datesBefore, localDate, localOffset, type Span } from '../../common/time/calendar.js';
import { BrowserAnalyticsService, type BrowsingOverview } from '../analytics/browser/browser-analytics.service.js';
import type { DomainStretch } from '../analytics/browser/figures/longest-stretch.js';
import type { UserSettings } from '../auth/user-settings.js';
import type { BrowsingFigures, StretchFigure } from './narratives/browsing-figures.js';

const MINUTE_MS = 60_000;
const DAY_MINUTES = 1440;

/** Local dates, both inclusive. */
export interface DateRange {
  from: string;
  to: string;
}

export interface Browsing {
  span: Span;
  figures: BrowsingFigures;
  overview: BrowsingOverview;
}

/** Gathers from browser analytics what a text about a period may say. Nothing is computed here that a route answers otherwise. */
@Injectable()
export class BrowsingFiguresService {
  constructor(private readonly analytics: BrowserAnalyticsService) {}

  /** @param hasEnded whether the period may be compared with the one before: half a day is no match for a whole one. */
  async of(
    userId: string,
    range: DateRange,
    settings: UserSettings,
    timeZone: string,
    hasEnded: boolean,
  ): Promise<Browsing> {
    const span = spanOf(range, timeZone);
    const overview = await this.analytics.overview(userId, span, settings, timeZone);
    const isCompared = overview.dashboard.totalEvents > 0 && (hasEnded || range.from !== range.to);
    const before = isCompared ? await this.before(userId, range, settings, timeZone) : null;
    return { span, overview, figures: toFigures(overview, before, timeZone, hasEnded) };
  }

  async countEvents(userId: string, span: Span): Promise<number> {
    return this.analytics.eventCount(userId, span);
  }

  private async before(
    userId: string,
    { from, to }: DateRange,
    settings: UserSettings,
    timeZone: string,
  ): Promise<BrowsingFigures['before']> {
    const span = spanOf(datesBefore(from, to), timeZone);
    const { totalEvents, totalMinutes, score } = await this.analytics.productivity(userId, span, settings);
    return totalEvents === 0 && totalMinutes === 0 ? null : { totalMinutes, score };
  }
}

function spanOf({ from, to }: DateRange, timeZone: string): Span {
  return { from: localDate(from, timeZone).from, toExclusive: localDate(to, timeZone).toExclusive };
}

function toFigures(
  { timeSpent, productivity, patterns, dashboard, longest }: BrowsingOverview,
  before: BrowsingFigures['before'],
  timeZone: string,
  hasEnded: boolean,
): BrowsingFigures {
  const busiest = dashboard.dailyEvents.reduce((best, day) => (day.count > best.count ? day : best), {
    date: '',
    count: 0,
  });
  return {
    dates: dashboard.dailyEvents.map(({ date }) => date),
    hasEnded,
    eventCount: dashboard.totalEvents,
    time: {
      total: productivity.totalMinutes,
      productive: productivity.productiveMinutes,
      social: productivity.socialMinutes,
      neutral: productivity.neutralMinutes,
    },
    score: productivity.score,
    domains: timeSpent.domains.map(({ domain, minutes, category }) => ({ domain, minutes, category })),
    peakHour: patterns.peakHour,
    peakDate: busiest.count > 0 ? busiest : null,
    activeDays: dashboard.dailyEvents.filter(({ count }) => count > 0).length,
    longest: longest === null ? null : toStretchFigure(longest, timeZone),
    before,
  };
}

function toStretchFigure({ domain, from, toExclusive }: DomainStretch, timeZone: string): StretchFigure {
  const local = from + localOffset(from, timeZone).offsetMs;
  return {
    domain,
    minutes: Math.round((toExclusive - from) / 600) / 100,
    date: new Date(local).toISOString().slice(0, 10),
    minuteOfDay: Math.floor(local / MINUTE_MS) % DAY_MINUTES,
  };
}
