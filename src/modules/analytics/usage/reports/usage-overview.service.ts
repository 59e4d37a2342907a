import { Injectable } from '@nestjs/common';
import type { Bucket } from '../../../../common/time/calendar.js';
import { Clock } from '../../../../common/time/clock.js';
import { ActivityFiguresService } from '../activity/activity-figures.service.js';
import { AiFiguresService } from '../calls/ai-figures.service.js';
import { UsageTransactions, type UsageTransaction } from '../usage-transaction.repository.js';
import { AiStatsService, type AiStatsOfDay, type ModelShare } from './ai-stats.service.js';
import { aiStats, userStats, type AiStats, type UserStats } from './figures.js';
import { periodChange, periodFigures, type PeriodChange, type PeriodFigures } from './period-summary.js';
import { dateOf, daysBefore, lastPeriods, reportDay, reportDays, spanOf, type ReportDays } from './report-days.js';
import { UserStatsService, type ActiveUsers, type DayRequest, type UserStatsOfDay } from './user-stats.service.js';

export interface DailyStats {
  date: string;
  user_stats: UserStats;
  ai_stats: AiStats;
}

export interface StatsSummary extends PeriodFigures {
  start: string;
  end: string;
  days: number;
  previous: PeriodFigures & { start: string; end: string };
  change: PeriodChange;
}

export interface PeriodStats {
  /** A week by its first day, a month as `2025-11`. */
  period: string;
  start: string;
  end: string;
  /** The period is over. */
  complete: boolean;
  user_stats: UserStats;
  ai_stats: AiStats;
}

export interface Dashboard {
  summary: StatsSummary;
  user_stats: UserStatsOfDay[];
  ai_stats: AiStatsOfDay[];
  models: ModelShare[];
  active_users: ActiveUsers;
  total_users: number;
  generated_at: string;
}

const PERIODS = 12;
const ACTIVE_DAYS = 30;

/** Users and AI calls in one answer. */
@Injectable()
export class UsageOverviewService {
  constructor(
    private readonly transactions: UsageTransactions,
    private readonly activity: ActivityFiguresService,
    private readonly calls: AiFiguresService,
    private readonly users: UserStatsService,
    private readonly ai: AiStatsService,
    private readonly clock: Clock,
  ) {}

  async daily(date: string | undefined, timeZone: string): Promise<DailyStats> {
    const day = reportDay(date, timeZone, this.clock.now());
    return this.transactions.read(async (transaction) => {
      const [activity] = await this.activity.ofDays(transaction, [day.span]);
      const [calls] = await this.calls.timedOfSpans(transaction, [day.span]);
      return { date: day.start, user_stats: userStats(activity!), ai_stats: aiStats(calls!) };
    });
  }

  async summary({ start, end, timeZone }: DayRequest): Promise<StatsSummary> {
    const days = reportDays({ start, end }, timeZone, this.clock.now());
    return this.transactions.read((transaction) => this.summaryOf(transaction, days));
  }

  /** The last 12 weeks or months of the local calendar, the present one at the end. */
  async periods(interval: 'week' | 'month', timeZone: string, weekStart: number): Promise<PeriodStats[]> {
    const now = this.clock.now();
    const periods = lastPeriods(interval, PERIODS, timeZone, weekStart, now);
    return this.transactions.read(async (transaction) => {
      const spans = periods.map(spanOf);
      const activity = await this.activity.ofSpans(transaction, spans);
      const calls = await this.calls.timedOfSpans(transaction, spans);
      return periods.map((period, i) => ({
        ...datesOf(period, timeZone),
        complete: period.end <= now,
        user_stats: userStats(activity[i]!),
        ai_stats: aiStats(calls[i]!),
      }));
    });
  }

  async dashboard({ start, end, timeZone }: DayRequest): Promise<Dashboard> {
    const now = this.clock.now();
    const days = reportDays({ start, end }, timeZone, now);
    return this.transactions.read(async (transaction) => ({
      summary: await this.summaryOf(transaction, days),
      user_stats: await this.users.ofDays(transaction, days),
      ai_stats: await this.ai.ofDays(transaction, days),
      models: await this.ai.modelsOf(transaction, days),
      active_users: await this.users.activeAt(transaction, ACTIVE_DAYS, timeZone),
      total_users: await this.activity.totalUsers(transaction),
      generated_at: new Date(now).toISOString(),
    }));
  }

  private async summaryOf(transaction: UsageTransaction, days: ReportDays): Promise<StatsSummary> {
    const before = daysBefore(days);
    const activity = await this.activity.ofSpans(transaction, [days.span, before.span]);
    const calls = await this.calls.ofSpans(transaction, [days.span, before.span]);
    const perDay = await this.activity.ofDays(transaction, [...before.days, ...days.days].map(spanOf));
    const figures = periodFigures(activity[0]!, perDay.slice(before.days.length), calls[0]!);
    const former = periodFigures(activity[1]!, perDay.slice(0, before.days.length), calls[1]!);
    return {
      start: days.start,
      end: days.end,
      days: days.days.length,
      ...figures,
      previous: { start: before.start, end: before.end, ...former },
      change: periodChange(figures, former),
    };
  }
}

function datesOf({ label, start, end }: Bucket, timeZone: string): Pick<PeriodStats, 'period' | 'start' | 'end'> {
  return { period: label, start: dateOf(start, timeZone), end: dateOf(end - 1, timeZone) };
}
