import type { Fact, FactUnit } from '../../../../infra/ai/fact.js';
import type { DailyReportDto, DiscrepancyDto, TopAppDto } from '../dto/daily-report.dto.js';
import type { RankedUserDto, ReportedUserDto } from '../dto/productivity-report.dto.js';
import type { ProductivityReport } from '../productivity-report.js';
import type { Severity } from '../report-vocabulary.js';
import type { UserTotals } from '../user-totals.js';
import { durationText } from './phrases.js';
import { isBelowExpected } from './templates.js';

const MINUTE_MS = 60_000;
const MOST_APPS = 5;
const MOST_TITLES = 3;
const MOST_DISCREPANCIES = 8;
/** Of a ranking so many are told from either end. */
const MOST_RANKED = 5;

/** What a model is told, and all that it may say in figures. */
export interface Told {
  facts: Fact[];
  /** Names that may look like figures. */
  names: string[];
  data: object;
}

/** One person's period; `ranked`: their place among the others, and how many these are. */
export function personFacts(
  user: ReportedUserDto,
  totals: UserTotals,
  expectedDailyHours: number,
  ranked?: { entry: RankedUserDto; of: number },
): Told {
  const days = user.dailyReports;
  const apps = user.overallReport.topApps.slice(0, MOST_APPS);
  const busiest = [...days].sort((a, b) => b.totalActiveMinutes - a.totalActiveMinutes)[0];
  const facts = [
    ...presenceFacts(totals),
    { date: user.overallReport.periodStart, label: 'start of the period' },
    { date: user.overallReport.periodEnd, label: 'end of the period' },
    fact(totals.days, 'days', 'days of the period'),
    fact(totals.daysWithData, 'days', 'days with data'),
    fact(totals.activeMs / totals.days / MINUTE_MS, 'minutes', 'average active time a day'),
    fact(expectedDailyHours, 'hours', 'expected active time a day'),
    ...severityFacts(totals.bySeverity),
    ...appFacts(apps),
    ...(busiest === undefined || days.length === 1
      ? []
      : [
          { date: busiest.date, label: 'day with the most active time' },
          fact(busiest.totalActiveMinutes, 'minutes', 'active time on that day'),
        ]),
    ...(ranked === undefined ? [] : rankFacts(ranked)),
  ];
  return {
    facts,
    names: [user.userName, ...apps.map(({ appName }) => appName)],
    data: {
      name: user.userName,
      belowExpected: isBelowExpected(totals, expectedDailyHours),
      mostUsedApps: apps.map(appText),
      discrepancies: discrepancyTexts(days.flatMap((day) => day.notableDiscrepancies)),
    },
  };
}

export function dayFacts(userName: string, day: DailyReportDto): Told {
  const apps = day.topApps.slice(0, MOST_APPS);
  const told = day.notableDiscrepancies.slice(0, MOST_DISCREPANCIES);
  const titles = day.hourlyBreakdown
    .flatMap((hour) => hour.appUsage)
    .sort((a, b) => b.durationMinutes - a.durationMinutes)
    .flatMap(({ windowTitles }) => windowTitles.slice(0, 1));
  return {
    facts: [
      { date: day.date, label: 'day' },
      fact(day.totalActiveMinutes, 'minutes', 'active time'),
      fact(day.totalIdleMinutes, 'minutes', 'idle time'),
      fact(day.totalAfkMinutes, 'minutes', 'time away'),
      ...severityFacts(countBySeverity(day.notableDiscrepancies)),
      ...appFacts(apps),
      ...told.flatMap((discrepancy, i) => [
        fact(discrepancy.durationMinutes, 'minutes', `time of discrepancy ${i + 1}`),
        fact(minuteOfDay(discrepancy.startTime), 'minuteOfDay', `start of discrepancy ${i + 1}`),
        fact(minuteOfDay(discrepancy.endTime), 'minuteOfDay', `end of discrepancy ${i + 1}`),
      ]),
    ],
    names: [userName, ...apps.map(({ appName }) => appName)],
    data: {
      name: userName,
      mostUsedApps: apps.map(appText),
      longestWindows: [...new Set(titles)].slice(0, MOST_TITLES),
      discrepancies: told.map(discrepancyText),
    },
  };
}

export function rankingFacts(rankings: readonly RankedUserDto[]): Told {
  const told = [...new Set([...rankings.slice(0, MOST_RANKED), ...rankings.slice(-MOST_RANKED)])];
  const [first, last] = [rankings[0]!, rankings.at(-1)!];
  return {
    facts: [
      fact(rankings.length, 'count', 'people ranked'),
      fact(first.activePercentage, 'percent', 'highest share of active time'),
      fact(last.activePercentage, 'percent', 'lowest share of active time'),
      ...told.map(({ rank }): Fact => ({ value: rank, unit: 'rank' })),
    ],
    names: told.map(({ userName }) => userName),
    data: {
      first: rankings
        .filter(({ rank }) => rank === 1)
        .map(({ userName }) => userName)
        .slice(0, MOST_RANKED),
      last: rankings
        .filter(({ rank }) => rank === last.rank)
        .map(({ userName }) => userName)
        .slice(0, MOST_RANKED),
      ranking: told.map(({ userName, rank }) => ({ name: userName, rank })),
    },
  };
}

export function weekFacts(
  report: ProductivityReport,
  totals: readonly UserTotals[],
  rankings: readonly RankedUserDto[],
): Told {
  const sum = (key: 'activeMs' | 'idleMs' | 'afkMs') => totals.reduce((all, user) => all + user[key], 0);
  const bySeverity = { low: 0, medium: 0, high: 0, critical: 0 };
  for (const user of totals) {
    for (const severity of Object.keys(bySeverity) as Severity[]) bySeverity[severity] += user.bySeverity[severity];
  }
  const ranking = rankings.length === 0 ? undefined : rankingFacts(rankings);
  return {
    facts: [
      ...presenceFacts({ activeMs: sum('activeMs'), idleMs: sum('idleMs'), afkMs: sum('afkMs') }),
      { date: report.periodAnalyzed.startDate, label: 'start of the week' },
      { date: report.periodAnalyzed.endDate, label: 'end of the week' },
      fact(totals.length, 'count', 'people'),
      fact(totals.filter(({ daysWithData }) => daysWithData > 0).length, 'count', 'people with data'),
      ...severityFacts(bySeverity),
      ...(ranking?.facts ?? []),
    ],
    names: totals.slice(0, MOST_RANKED * 2).map(({ userName }) => userName),
    data: { ...ranking?.data },
  };
}

function presenceFacts({ activeMs, idleMs, afkMs }: Pick<UserTotals, 'activeMs' | 'idleMs' | 'afkMs'>): Fact[] {
  return [
    fact(activeMs / MINUTE_MS, 'minutes', 'active time'),
    fact(idleMs / MINUTE_MS, 'minutes', 'idle time'),
    fact(afkMs / MINUTE_MS, 'minutes', 'time away'),
    ...(activeMs + afkMs > 0 ? [fact((100 * activeMs) / (activeMs + afkMs), 'percent', 'share of active time')] : []),
  ];
}

function severityFacts(bySeverity: Readonly<Record<Severity, number>>): Fact[] {
  return [
    fact(bySeverity.low + bySeverity.medium + bySeverity.high + bySeverity.critical, 'count', 'discrepancies in all'),
    fact(bySeverity.critical, 'count', 'critical discrepancies'),
    fact(bySeverity.high, 'count', 'high discrepancies'),
    fact(bySeverity.medium, 'count', 'medium discrepancies'),
    fact(bySeverity.low, 'count', 'low discrepancies'),
  ];
}

/** Their names come from computers and stand in the data alone: a label is believed. */
function appFacts(apps: readonly TopAppDto[]): Fact[] {
  return apps.map(({ durationMinutes }, i) => fact(durationMinutes, 'minutes', `time in most used app ${i + 1}`));
}

function rankFacts({ entry, of }: { entry: RankedUserDto; of: number }): Fact[] {
  return [fact(entry.rank, 'rank', 'rank'), fact(of, 'count', 'people ranked')];
}

function appText({ appName, durationMinutes }: TopAppDto): object {
  return { app: appName, time: durationText(durationMinutes * MINUTE_MS) };
}

/** The worst first; of equals the longest. */
function discrepancyTexts(all: readonly DiscrepancyDto[]): object[] {
  const order: readonly Severity[] = ['critical', 'high', 'medium', 'low'];
  return [...all]
    .sort((a, b) => order.indexOf(a.severity) - order.indexOf(b.severity) || b.durationMinutes - a.durationMinutes)
    .slice(0, MOST_DISCREPANCIES)
    .map(({ type, severity }) => ({ type, severity }));
}

function discrepancyText({ type, severity, startTime, endTime, durationMinutes }: DiscrepancyDto): object {
  return { type, severity, from: startTime, to: endTime, time: durationText(durationMinutes * MINUTE_MS) };
}

function countBySeverity(discrepancies: readonly DiscrepancyDto[]): Record<Severity, number> {
  const counts = { low: 0, medium: 0, high: 0, critical: 0 };
  for (const { severity } of discrepancies) counts[severity]++;
  return counts;
}

function minuteOfDay(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function fact(value: number, unit: FactUnit, label: string): Fact {
  return { value, unit, label };
}
