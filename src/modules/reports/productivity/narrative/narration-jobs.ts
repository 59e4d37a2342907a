import type { NarrationRequest } from '../../../../infra/ai/narration.service.js';
import type { ProductivityReport } from '../productivity-report.js';
import type { DailyReportDto } from '../dto/daily-report.dto.js';
import type { RankedUserDto } from '../dto/productivity-report.dto.js';
import { rankByActivity } from '../ranking.js';
import type { UserTotals } from '../user-totals.js';
import { dayFacts, personFacts, rankingFacts, weekFacts, type Told } from './report-facts.js';
import { conclusionText, verdictText } from './templates.js';

/** More days than this in all are told by templates: their figures stand beside them, and calls are bounded. */
export const MOST_DAYS_TOLD = 31;

export const PROMPTS = [
  'productivity-person',
  'productivity-ranked-person',
  'productivity-day',
  'productivity-ranking',
  'productivity-week',
] as const;

/** One call of a model, and where its words go. */
export interface NarrationJob {
  request: Pick<NarrationRequest<string>, 'prompt' | 'facts' | 'names' | 'data'> & { template: Record<string, string> };
  apply: (fields: Readonly<Record<string, string>>) => void;
}

/**
 * The calls that word a report: one a person, one for the ranking, one for the week, and one a day while these are few.
 * Who has no data needs none. `apply` changes texts of the report and nothing else.
 */
export function narrationJobs(
  report: ProductivityReport,
  totals: readonly UserTotals[],
  expectedDailyHours: number,
): NarrationJob[] {
  const organization = report.organizations[0]!;
  return [
    ...personJobs(organization, totals, expectedDailyHours),
    ...dayJobs(organization),
    ...teamJobs(report, totals),
  ];
}

type Organization = ProductivityReport['organizations'][number];

function personJobs(
  { users, userRanking }: Organization,
  totals: readonly UserTotals[],
  expectedDailyHours: number,
): NarrationJob[] {
  const entries = rankingEntries(userRanking, totals);
  return users.flatMap((user, i) => {
    const own = totals[i]!;
    if (own.daysWithData === 0) return [];
    const verdict = verdictText(own, expectedDailyHours);
    const overall = user.overallReport;
    const entry = entries.get(i);
    const ranked = entry && { entry, of: userRanking!.rankings.length };
    return job(
      entry === undefined ? 'productivity-person' : 'productivity-ranked-person',
      personFacts(user, own, expectedDailyHours, ranked),
      {
        summary: overall.summary,
        conclusion: conclusionText(own),
        ...(entry === undefined ? {} : { insights: entry.insights }),
      },
      ({ summary, conclusion, insights }) => {
        overall.summary = summary!;
        overall.conclusion = `${verdict} ${conclusion!}`;
        if (entry !== undefined) entry.insights = insights!;
      },
    );
  });
}

/** Whose each entry of a ranking is, by the index of the person: names may be the same. */
function rankingEntries(
  ranking: Organization['userRanking'],
  totals: readonly UserTotals[],
): ReadonlyMap<number, RankedUserDto> {
  if (ranking === undefined) return new Map();
  const ranked = rankByActivity(totals.map((user, index) => ({ ...user, index })));
  return new Map(ranked.map(({ index }, place) => [index, ranking.rankings[place]!]));
}

/** Of the others there is nothing to tell. */
export function isTold({ dataQuality }: DailyReportDto): boolean {
  return dataQuality === 'afk_status' || dataQuality === 'daily_metrics';
}

function dayJobs({ users }: Organization): NarrationJob[] {
  const days = users.flatMap(({ userName, dailyReports }) =>
    dailyReports.filter(isTold).map((day) => ({ userName, day })),
  );
  if (days.length > MOST_DAYS_TOLD) return [];
  return days.flatMap(({ userName, day }) =>
    job('productivity-day', dayFacts(userName, day), { summary: day.summary }, ({ summary }) => {
      day.summary = summary!;
    }),
  );
}

function teamJobs(report: ProductivityReport, totals: readonly UserTotals[]): NarrationJob[] {
  const { userRanking, weeklySummary } = report.organizations[0]!;
  const jobs: NarrationJob[] = [];
  const rankings = userRanking?.rankings ?? [];
  if (userRanking !== undefined && rankings.length > 1) {
    jobs.push(
      ...job('productivity-ranking', rankingFacts(rankings), { summary: userRanking.summary }, ({ summary }) => {
        userRanking.summary = summary!;
      }),
    );
  }
  if (weeklySummary !== undefined && totals.some(({ daysWithData }) => daysWithData > 0)) {
    const template = { summary: weeklySummary.productivitySummary };
    jobs.push(
      ...job('productivity-week', weekFacts(report, totals, rankings), template, ({ summary }) => {
        weeklySummary.productivitySummary = summary!;
      }),
    );
  }
  return jobs;
}

function job(
  prompt: (typeof PROMPTS)[number],
  { facts, names, data }: Told,
  template: Record<string, string>,
  apply: NarrationJob['apply'],
): NarrationJob[] {
  return [{ request: { prompt, facts, names, data, template }, apply }];
}
