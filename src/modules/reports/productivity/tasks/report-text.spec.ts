import type { ProductivityReport } from '../productivity-report.js';
import { parseReport, reportLines } from './report-text.js';

const day = (date: string, extra = {}) => ({ date, dataQuality: 'ok', hourlyBreakdown: [], ...extra });

function sample(users: number, days: number): ProductivityReport {
  return {
    organizations: [
      {
        organizationName: 'Tur"bo\n{"date":1}',
        users: Array.from({ length: users }, (_, u) => ({
          userName: `u${u} "quoted" \u2028 😀`,
          overallReport: { periodStart: '2025-11-15', summary: '{"date":"x"}\n[]' },
          dailyReports: Array.from({ length: days }, (_, d) =>
            day(`2025-11-${String(d + 1).padStart(2, '0')}`, { summary: `line\nbreak \u2028\u2029 ${u}/${d}` }),
          ),
        })),
        userRanking: { rankings: [{ userName: 'u0', rank: 1 }], summary: 'x' },
        weeklySummary: { productivitySummary: 'x', top5Employees: [] },
        weeklyUserSummaries: [{ userName: 'u0', date: 'not a day' }],
      },
    ],
    generatedAt: '2025-11-24T07:00:00.000Z',
    periodAnalyzed: { startDate: '2025-11-15', endDate: '2025-11-23', timeZone: 'UTC' },
    narrative: { source: 'template', promptVersion: 'x' },
  } as unknown as ProductivityReport;
}

async function* linesOf(text: string): AsyncGenerator<string> {
  for (const line of text.split('\n')) yield line;
}

describe('report text', () => {
  it.each([
    [1, 1],
    [3, 9],
    [2, 0],
  ])('should be JSON of %d users and %d days that is read again as it was', async (users, days) => {
    const report = sample(users, days);
    const text = [...reportLines(report)].join('');
    expect(JSON.parse(text)).toEqual(report);
    expect(text.replaceAll('\n', '')).toBe(JSON.stringify(report));
    expect(await parseReport(linesOf(text))).toEqual(report);
  });
});
