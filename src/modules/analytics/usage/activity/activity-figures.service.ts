import { Injectable } from '@nestjs/common';
import type { Span } from '../../../../common/time/calendar.js';
import { DAY_MS } from '../quarter.js';
import type { UsageTransaction } from '../usage-transaction.repository.js';
import { ActivityFiguresRepository } from './activity-figures.repository.js';

export interface ActivityFigures {
  events: number;
  logins: number;
  registrations: number;
  /** Distinct users with any activity. */
  activeUsers: number;
  /** Sessions that begin in the span, and how long they last in all. */
  sessions: number;
  sessionMs: number;
}

/** Who was active. Spans begin and end on whole quarters of an hour of UTC, and last longer than half an hour. */
@Injectable()
export class ActivityFiguresService {
  constructor(private readonly figures: ActivityFiguresRepository) {}

  /** @param days one after the other without gaps, as the days of a calendar. */
  async ofDays(transaction: UsageTransaction, days: readonly Span[]): Promise<ActivityFigures[]> {
    const first = days[0];
    if (first === undefined) return [];
    const sums = await this.figures.sums(transaction, days);
    // Of spans of 24 hours, each number follows from the one before; days of another length are counted by themselves.
    const others = days.filter((day) => !isOrdinary(day));
    const [atFirst, ...ofOthers] = await this.figures.returning(transaction, [
      { from: first.from, toExclusive: first.from + DAY_MS },
      ...others,
    ]);
    let returning = atFirst!;
    return days.map((day, i) => {
      const { returnsChange, straddling, ...rest } = sums[i]!;
      const returned = isOrdinary(day) ? returning : ofOthers.shift()!;
      returning += returnsChange;
      return { ...rest, activeUsers: straddling + returned };
    });
  }

  /** Spans of any length, which may overlap. */
  async ofSpans(transaction: UsageTransaction, spans: readonly Span[]): Promise<ActivityFigures[]> {
    const sums = await this.figures.sums(transaction, spans);
    const returning = await this.figures.returning(transaction, spans);
    return sums.map(({ returnsChange: _, straddling, ...rest }, i) => ({
      ...rest,
      activeUsers: straddling + returning[i]!,
    }));
  }

  async activeUsers(transaction: UsageTransaction, spans: readonly Span[]): Promise<number[]> {
    const straddling = await this.figures.straddling(
      transaction,
      spans.map(({ from }) => from),
    );
    const returning = await this.figures.returning(transaction, spans);
    return spans.map((_, i) => straddling[i]! + returning[i]!);
  }

  async totalUsers(transaction: UsageTransaction): Promise<number> {
    return this.figures.totalUsers(transaction);
  }
}

function isOrdinary({ from, toExclusive }: Span): boolean {
  return toExclusive - from === DAY_MS;
}
