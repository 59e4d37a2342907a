import type { RankedUserDto, OverallReportDto, UserRankingDto } from '../dto/productivity-report.dto.js';
import type { WeeklyEmployeeDto, WeeklySummaryDto, WeeklyUserSummaryDto } from '../dto/weekly-summary.dto.js';
import { toHours, toMinutes, toPercent } from '../figures/rounding.js';
import {
  conclusionText,
  rankingText,
  rankText,
  userText,
  verdictText,
  weekText,
  weekUserText,
} from '../narrative/templates.js';
import { rankByActivity, type Ranked } from '../ranking.js';
import { topApps } from './daily-report.js';
import type { UserTotals } from '../user-totals.js';

const MOST_LISTED = 5;

export interface ReportPeriod {
  startDate: string;
  endDate: string;
}

export function overallReport(totals: UserTotals, period: ReportPeriod, expectedDailyHours: number): OverallReportDto {
  return {
    periodStart: period.startDate,
    periodEnd: period.endDate,
    totalActiveHours: toHours(totals.activeMs),
    totalActiveMinutes: toMinutes(totals.activeMs),
    totalAfkHours: toHours(totals.afkMs),
    totalAfkMinutes: toMinutes(totals.afkMs),
    totalIdleMinutes: toMinutes(totals.idleMs),
    averageDailyActiveHours: toHours(totals.activeMs / totals.days),
    averageDailyActiveMinutes: toMinutes(totals.activeMs / totals.days),
    totalDiscrepancies: totals.discrepancies,
    criticalDiscrepancies: totals.bySeverity.critical,
    topApps: topApps(totals.apps),
    summary: userText(totals),
    conclusion: `${verdictText(totals, expectedDailyHours)} ${conclusionText(totals)}`,
  };
}

export function userRanking(users: readonly UserTotals[]): UserRankingDto {
  const ranked = rankByActivity(users);
  return {
    rankings: ranked.map((user): RankedUserDto => ({
      userName: user.userName,
      rank: user.rank,
      totalActiveHours: toHours(user.activeMs),
      averageDailyActiveHours: toHours(user.activeMs / user.days),
      totalAfkHours: toHours(user.afkMs),
      activePercentage: activityPercent(user),
      totalDiscrepancies: user.discrepancies,
      criticalDiscrepancies: user.bySeverity.critical,
      insights: rankText(user, ranked),
    })),
    summary: rankingText(users, ranked),
  };
}

/** The better half of the ranked, at most 5, is the top; the rest, at most 5, the bottom, from the end: nobody is in both. */
export function weeklySummary(users: readonly UserTotals[], period: ReportPeriod): WeeklySummaryDto {
  const ranked = rankByActivity(users);
  const top = Math.min(MOST_LISTED, Math.ceil(ranked.length / 2));
  return {
    productivitySummary: weekText(users, ranked, period),
    top5Employees: ranked.slice(0, top).map(weeklyEmployee),
    bottom5Employees: ranked.slice(top).reverse().slice(0, MOST_LISTED).map(weeklyEmployee),
  };
}

function weeklyEmployee(user: Ranked<UserTotals>): WeeklyEmployeeDto {
  return {
    userName: user.userName,
    activeHours: toHours(user.activeMs),
    activityRatio: activityPercent(user),
    totalDiscrepancies: user.discrepancies,
    rank: user.rank,
  };
}

export function weeklyUserSummary(user: UserTotals): WeeklyUserSummaryDto {
  return {
    userName: user.userName,
    activityRatio: activityPercent(user),
    activeHours: toHours(user.activeMs),
    activeMinutes: toMinutes(user.activeMs),
    afkHours: toHours(user.afkMs),
    afkMinutes: toMinutes(user.afkMs),
    totalDiscrepancies: user.discrepancies,
    criticalDiscrepancies: user.bySeverity.critical,
    distractedTimeHours: toHours(user.distractedMs),
    distractedTimeMinutes: toMinutes(user.distractedMs),
    productivitySummary: weekUserText(user),
  };
}

/** 0 without either: clients take it for a number. */
function activityPercent({ activeMs, afkMs }: UserTotals): number {
  return toPercent(activeMs, activeMs + afkMs) ?? 0;
}
