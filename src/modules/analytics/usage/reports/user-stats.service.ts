import { Injectable } from '@nestjs/common';
import { InvalidInputError } from '../../../../common/errors/domain.error.js';
import { Clock } from '../../../../common/time/clock.js';
import { ActivityFiguresService } from '../activity/activity-figures.service.js';
import { UsageTransactions, type UsageTransaction } from '../usage-transaction.repository.js';
import { ratio, userStats, type UserStats } from './figures.js';
import { lastDays, MAX_DAYS, reportDays, spanOf, type ReportDays } from './report-days.js';

export interface DayRequest {
  start?: string;
  end?: string;
  timeZone: string;
}

export type UserStatsOfDay = { date: string } & UserStats;

export interface ActiveUsers {
  active_users: number;
  daily_active_users: number;
  weekly_active_users: number;
  monthly_active_users: number;
  stickiness: number;
  as_of: string;
}

const DEFAULT_ACTIVE_DAYS = 30;

/** Who is active. */
@Injectable()
export class UserStatsService {
  constructor(
    private readonly transactions: UsageTransactions,
    private readonly figures: ActivityFiguresService,
    private readonly clock: Clock,
  ) {}

  async perDay({ start, end, timeZone }: DayRequest): Promise<UserStatsOfDay[]> {
    const days = reportDays({ start, end }, timeZone, this.clock.now());
    return this.transactions.read((transaction) => this.ofDays(transaction, days));
  }

  /** Of the local days that end with today: `days` of them, 1, 7 and 30. */
  async active(days: number | undefined, timeZone: string): Promise<ActiveUsers> {
    if (days !== undefined && days > MAX_DAYS) {
      const message = `days must be at most ${MAX_DAYS}`;
      throw new InvalidInputError(message, [{ path: 'days', message }]);
    }
    return this.transactions.read((transaction) => this.activeAt(transaction, days ?? DEFAULT_ACTIVE_DAYS, timeZone));
  }

  async total(): Promise<number> {
    return this.transactions.read((transaction) => this.figures.totalUsers(transaction));
  }

  async ofDays(transaction: UsageTransaction, { days }: ReportDays): Promise<UserStatsOfDay[]> {
    const figures = await this.figures.ofDays(transaction, days.map(spanOf));
    return figures.map((figure, i) => ({ date: days[i]!.label, ...userStats(figure) }));
  }

  async activeAt(transaction: UsageTransaction, days: number, timeZone: string): Promise<ActiveUsers> {
    const now = this.clock.now();
    const spans = [days, 1, 7, 30].map((count) => lastDays(count, timeZone, now));
    const [active, daily, weekly, monthly] = await this.figures.activeUsers(transaction, spans);
    return {
      active_users: active!,
      daily_active_users: daily!,
      weekly_active_users: weekly!,
      monthly_active_users: monthly!,
      stickiness: ratio(daily!, monthly!),
      as_of: new Date(now).toISOString(),
    };
  }
}
