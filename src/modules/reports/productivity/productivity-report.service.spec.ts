import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { afk, metrics, together, used, type PersonPoints } from '../../../../test/support/activity-points.js';
import { MemoryActivity } from '../../../../test/support/memory-activity.js';
import { accountsWith, reportRequest, reportService } from '../../../../test/support/productivity-reports.js';
import { UnavailableError } from '../../../common/errors/domain.error.js';
import type { ProductivityReportRequest } from './productivity-report.js';

const validate = new Ajv2020({ strict: true }).compile(JSON.parse(readFileSync('schemas/report.schema.json', 'utf8')));

/** Active and afk minutes from 09:00 UTC on. */
function worked(date: string, active: number, away = 0): Partial<PersonPoints> {
  const points = [afk(`${date}T09:00:00Z`, active * 60)];
  const end = new Date(Date.parse(`${date}T09:00:00Z`) + active * 60_000).toISOString();
  return { afk: away === 0 ? points : [...points, afk(end, away * 60, 'afk')] };
}

async function reportOf(
  people: Record<string, Partial<PersonPoints>>,
  changes: Partial<ProductivityReportRequest> = {},
) {
  const users = Object.keys(people).map((name) => ({ name }));
  const { report } = await reportService(new MemoryActivity(people)).build(reportRequest({ users, ...changes }));
  expect(validate(report) ? [] : validate.errors).toEqual([]);
  return report;
}

describe('ProductivityReportService.build', () => {
  it('should tell of every day of the period, also of those without data', async () => {
    const report = await reportOf(
      { ben: together(worked('2025-11-17', 90, 30), worked('2025-11-19', 100.01)) },
      { endDate: '2025-11-20' },
    );
    const { overallReport, dailyReports } = report.organizations[0]!.users[0]!;
    expect(
      dailyReports.map(({ date, totalActiveMinutes, dataQuality }) => [date, totalActiveMinutes, dataQuality]),
    ).toEqual([
      ['2025-11-17', 90, 'afk_status'],
      ['2025-11-18', 0, 'no_data'],
      ['2025-11-19', 100.01, 'afk_status'],
      ['2025-11-20', 0, 'no_data'],
    ]);
    expect(overallReport).toEqual({
      periodStart: '2025-11-17',
      periodEnd: '2025-11-20',
      totalActiveHours: 3.17,
      totalActiveMinutes: 190.01,
      totalAfkHours: 0.5,
      totalAfkMinutes: 30,
      totalIdleMinutes: 0,
      averageDailyActiveHours: 0.79,
      averageDailyActiveMinutes: 47.5,
      totalDiscrepancies: 0,
      criticalDiscrepancies: 0,
      topApps: [],
      summary: 'ben was active for 3 h 10 min and away for 30 min, on 2 of 4 days. No discrepancies.',
      conclusion:
        'CRITICAL: an average of 47.5 min of activity a day is below the expected 6 h. No discrepancy is high or critical.',
    });
    expect(report.generatedAt).toBe('2025-11-24T07:00:00.000Z');
    expect(report.periodAnalyzed).toEqual({ startDate: '2025-11-17', endDate: '2025-11-20', timeZone: 'UTC' });
    expect(report.organizations[0]!.userRanking).toBeUndefined();
  });

  it('should give each day 24 hours with whole numbers and times, the last to 00:00', async () => {
    const report = await reportOf({ ben: used('2025-11-17T09:15:00Z', 30, 'Excel', 'Budget') });
    const hours = report.organizations[0]!.users[0]!.dailyReports[0]!.hourlyBreakdown;
    expect(hours.map(({ hour }) => hour)).toEqual([...Array(24).keys()]);
    expect(hours[9]).toEqual({
      hour: 9,
      startTime: '09:00',
      endTime: '10:00',
      activeMinutes: 30,
      afkMinutes: 0,
      idleMinutes: 0,
      appUsage: [{ appName: 'Excel', durationMinutes: 30, windowTitles: ['Budget'] }],
      totalMinutes: 60,
    });
    expect([hours[23]!.startTime, hours[23]!.endTime]).toEqual(['23:00', '00:00']);
  });

  it('should be critical just below the expected hours, and not at them', async () => {
    const below = await reportOf({ ben: worked('2025-11-17', 359.99) });
    const at = await reportOf({ ben: worked('2025-11-17', 360) });
    expect(below.organizations[0]!.users[0]!.overallReport.conclusion).toMatch(/^CRITICAL: /);
    expect(at.organizations[0]!.users[0]!.overallReport.conclusion).toBe(
      'An average of 6 h of activity a day meets the expected 6 h. No discrepancy is high or critical.',
    );
  });

  it('should count discrepancies and the critical among them', async () => {
    const report = await reportOf({
      ben: together(used('2025-11-17T09:05:00Z', 40, 'Spotify'), used('2025-11-17T11:00:00Z', 5, 'Reddit')),
    });
    const { overallReport, dailyReports } = report.organizations[0]!.users[0]!;
    expect([overallReport.totalDiscrepancies, overallReport.criticalDiscrepancies]).toEqual([2, 1]);
    expect(dailyReports[0]!.notableDiscrepancies[0]).toEqual({
      type: 'media_consumption',
      severity: 'critical',
      startTime: '09:05',
      endTime: '09:45',
      durationMinutes: 40,
      description: 'Spotify for 40 min',
    });
    expect(dailyReports[0]!.summary).toBe(
      'Active for 45 min. Most used: Spotify (40 min) and Reddit (5 min). 2 discrepancies, 1 of them critical.',
    );
  });

  it('should show times of the time zone of the report', async () => {
    const report = await reportOf(
      { ben: used('2025-11-17T23:30:00Z', 30, 'Reddit') },
      { timeZone: 'Europe/Berlin', endDate: '2025-11-18' },
    );
    const [, day] = report.organizations[0]!.users[0]!.dailyReports;
    expect(day!.notableDiscrepancies[0]).toMatchObject({ startTime: '00:30', endTime: '01:00' });
  });

  it('T18: should rank 0.9, 0.9, 0.8 as 1, 1, 3 and nobody without data', async () => {
    const report = await reportOf({
      zoe: worked('2025-11-17', 80, 20),
      nobody: {},
      ben: worked('2025-11-17', 180, 20),
      alice: worked('2025-11-17', 90, 10),
      idler: { afk: [afk('2025-11-17T09:00:00Z', 600, 'idle')] },
    });
    const { userRanking } = report.organizations[0]!;
    expect(
      userRanking!.rankings.map(({ userName, rank, activePercentage }) => [userName, rank, activePercentage]),
    ).toEqual([
      ['alice', 1, 90],
      ['ben', 1, 90],
      ['zoe', 3, 80],
    ]);
    expect(userRanking!.rankings[0]!.insights).toBe(
      'Shares rank 1 of 3: active for 90 % of 1 h 40 min at or away from the computer. No discrepancies.',
    );
    expect(userRanking!.summary).toBe(
      'By share of active time alice (90 %) comes first, followed by ben (90 %) and zoe (80 %). ' +
        'Without data, and so not ranked: nobody and idler.',
    );
    expect(report.organizations[0]!.users.map(({ userName }) => userName)).toEqual([
      'zoe',
      'nobody',
      'ben',
      'alice',
      'idler',
    ]);
  });

  it('should rank who was only away last, and nobody when nobody has data', async () => {
    const away = await reportOf({
      ben: { afk: [afk('2025-11-17T09:00:00Z', 600, 'afk')] },
      alice: worked('2025-11-17', 1),
    });
    expect(away.organizations[0]!.userRanking!.rankings.map(({ userName, rank }) => [userName, rank])).toEqual([
      ['alice', 1],
      ['ben', 2],
    ]);
    const nobody = await reportOf({ ben: {}, alice: {} });
    expect(nobody.organizations[0]!.userRanking!.rankings).toEqual([]);
  });

  it('should rank by the ratio itself, not by what is left of it after rounding', async () => {
    const report = await reportOf({
      ben: worked('2025-11-17', 500, 100),
      alice: { afk: [afk('2025-11-17T08:00:00Z', 30_001), afk('2025-11-17T18:00:00Z', 6000, 'afk')] },
    });
    const rankings = report.organizations[0]!.userRanking!.rankings;
    expect(rankings.map(({ userName, rank, activePercentage }) => [userName, rank, activePercentage])).toEqual([
      ['alice', 1, 83.33],
      ['ben', 2, 83.33],
    ]);
  });

  it('should add the weekly summaries: the better half first, the other from its end', async () => {
    const people = Object.fromEntries(
      ['a', 'b', 'c', 'd', 'e'].map((name, i) => [name, worked('2025-11-18', 100 - 10 * i, 10 * i)]),
    );
    const report = await reportOf({ ...people, nobody: {} }, { weekly: true, endDate: '2025-11-23' });
    const { weeklySummary, weeklyUserSummaries } = report.organizations[0]!;
    expect(weeklySummary!.top5Employees.map(({ userName, rank }) => [userName, rank])).toEqual([
      ['a', 1],
      ['b', 2],
      ['c', 3],
    ]);
    expect(weeklySummary!.bottom5Employees).toEqual([
      { userName: 'e', rank: 5, activeHours: 1, activityRatio: 60, totalDiscrepancies: 0 },
      { userName: 'd', rank: 4, activeHours: 1.17, activityRatio: 70, totalDiscrepancies: 0 },
    ]);
    expect(weeklyUserSummaries!.map(({ userName, activityRatio }) => [userName, activityRatio])).toEqual([
      ['a', 100],
      ['b', 90],
      ['c', 80],
      ['d', 70],
      ['e', 60],
      ['nobody', 0],
    ]);
  });

  it('T18: should list everyone of a small week once, whoever ties', async () => {
    const minutes = { a: [90, 10], b: [50, 50], c: [50, 50], d: [10, 90] } as const;
    const people = Object.fromEntries(
      Object.entries(minutes).map(([name, [active, away]]) => [name, worked('2025-11-18', active, away)]),
    );
    const listsOf = async (users: Record<string, Partial<PersonPoints>>) => {
      const report = await reportOf(users, { weekly: true, endDate: '2025-11-23' });
      const { top5Employees, bottom5Employees, productivitySummary } = report.organizations[0]!.weeklySummary!;
      const lists = [top5Employees, bottom5Employees].map((list) =>
        list.map(({ userName, rank }) => `${userName} ${rank}`).join(', '),
      );
      return [...lists, productivitySummary];
    };
    expect((await listsOf(people)).slice(0, 2)).toEqual(['a 1, b 2', 'd 4, c 2']);
    expect(await listsOf({ tieA: worked('2025-11-18', 10, 0), tieB: worked('2025-11-18', 10, 0) })).toEqual([
      'tieA 1',
      'tieB 1',
      'From 2025-11-17 to 2025-11-23, 2 people were active for 20 min. All had the same share of active time, 100 %. No discrepancies.',
    ]);
  });

  it('should list five at most at either end of a large week', async () => {
    const people = Object.fromEntries(
      Array.from({ length: 14 }, (_, i) => [`u${String(i).padStart(2, '0')}`, worked('2025-11-18', 100 - i, i)]),
    );
    const { weeklySummary } = (await reportOf(people, { weekly: true, endDate: '2025-11-23' })).organizations[0]!;
    expect(weeklySummary!.top5Employees.map(({ userName }) => userName)).toEqual(['u00', 'u01', 'u02', 'u03', 'u04']);
    expect(weeklySummary!.bottom5Employees.map(({ userName }) => userName)).toEqual([
      'u13',
      'u12',
      'u11',
      'u10',
      'u09',
    ]);
  });

  it('should judge entertainment and shopping by the categories of who asks, and make another version of it', async () => {
    const points = { ben: used('2025-11-17T09:00:00Z', 90, 'Steam') };
    const accounts = accountsWith({ own: { categorization: { 'steampowered.com': 'work' } } });
    const service = reportService(new MemoryActivity(points), undefined, undefined, accounts);
    const built = await Promise.all(['own', 'other', null].map((userId) => service.build(reportRequest({ userId }))));
    const types = built.map(({ report }) =>
      report.organizations[0]!.users[0]!.dailyReports[0]!.notableDiscrepancies.map(({ type }) => type),
    );
    expect(types).toEqual([[], ['low_productivity_apps'], ['low_productivity_apps']]);
    const [own, other, nobody] = built.map(({ promptVersion }) => promptVersion);
    expect(own).not.toBe(other);
    expect(other).toBe(nobody);
    expect((await service.versionOf(reportRequest({ userId: 'own' }))).promptVersion).toBe(own);
  });

  it('should sum the distractions of a week', async () => {
    const points = together(used('2025-11-18T09:00:00Z', 30, 'Reddit'), used('2025-11-19T09:00:00Z', 15, 'Spotify'));
    const report = await reportOf({ ben: points }, { weekly: true, endDate: '2025-11-23' });
    expect(report.organizations[0]!.weeklyUserSummaries![0]).toMatchObject({
      distractedTimeMinutes: 45,
      distractedTimeHours: 0.75,
      productivitySummary: 'Active for 45 min. Distracted by Reddit (30 min) and Spotify (15 min).',
    });
    expect(report.organizations[0]!.userRanking).toBeUndefined();
  });

  it('should use the totals of daily_metrics where there is nothing else', async () => {
    const report = await reportOf({ ben: { dailyMetrics: [metrics('2025-11-17', { active: 25_680, afk: 6060 })] } });
    const { overallReport, dailyReports } = report.organizations[0]!.users[0]!;
    expect(overallReport).toMatchObject({ totalActiveHours: 7.13, totalAfkMinutes: 101 });
    expect(dailyReports[0]!.summary).toBe(
      'Active for 7 h 8 min and away for 1 h 41 min. Only the totals of this day are known, not its hours. No discrepancies.',
    );
  });

  it('should give the same bytes for the same input, in whatever batches it comes', async () => {
    const people = { ben: together(worked('2025-11-17', 90, 30), used('2025-11-17T12:00:00Z', 35, 'Reddit')) };
    const request = reportRequest();
    const [one, two] = await Promise.all(
      [1, 1000].map((batch) => reportService(new MemoryActivity(people, batch)).build(request)),
    );
    expect(JSON.stringify(one)).toBe(JSON.stringify(two));
  });

  it('should ask for one person at a time, with what narrows the points', async () => {
    const activity = new MemoryActivity({});
    await reportService(activity).build(
      reportRequest({
        users: [{ name: 'ben', id: '7' }, { name: 'alice' }],
        accountId: 'acc',
        orgId: 'o',
        timeZone: 'Asia/Kolkata',
      }),
    );
    const range = { from: Date.parse('2025-11-16T18:30:00Z'), toExclusive: Date.parse('2025-11-17T18:30:00Z') };
    expect(activity.asked).toEqual([
      { org: 'Turbo', user: { name: 'ben', id: '7' }, accountId: 'acc', orgId: 'o', ...range },
      { org: 'Turbo', user: { name: 'alice' }, accountId: 'acc', orgId: 'o', ...range },
    ]);
  });

  it('should tell its progress, never backwards and up to 100', async () => {
    const told: number[] = [];
    const users = [{ name: 'a' }, { name: 'b' }, { name: 'c' }];
    await reportService(new MemoryActivity({})).build(reportRequest({ users }), { onProgress: (at) => told.push(at) });
    expect(told).toEqual([...told].sort((a, b) => a - b));
    expect(told.at(-1)).toBeLessThanOrEqual(100);
    expect(told.length).toBeGreaterThanOrEqual(3);
  });

  it('should stop reading when a part of it cannot be read, and say why', async () => {
    const activity = new MemoryActivity({ ben: worked('2025-11-17', 60) }, 1);
    let signal: AbortSignal | undefined;
    activity.afk = async function* (_query, given) {
      signal = given;
      yield [];
      await new Promise((_, reject) => given!.addEventListener('abort', () => reject(given!.reason as Error)));
    };
    activity.windows = () => {
      throw new UnavailableError('InfluxDB does not answer');
    };
    await expect(reportService(activity).build(reportRequest())).rejects.toThrow('InfluxDB does not answer');
    expect(signal === undefined || signal.aborted).toBe(true);
  });

  it('should stop when it is cancelled', async () => {
    const cancel = new AbortController();
    const building = reportService(new MemoryActivity({ a: worked('2025-11-17', 60) })).build(
      reportRequest({ users: [{ name: 'a' }, { name: 'b' }] }),
      { signal: cancel.signal, onProgress: () => cancel.abort(new Error('cancelled')) },
    );
    await expect(building).rejects.toThrow('cancelled');
  });

  it.each([
    [{ startDate: '2025-11-18', endDate: '2025-11-17' }, 'startDate'],
    [{ startDate: '2025-02-30' }, 'startDate'],
    [{ endDate: '2025-11' }, 'endDate'],
    [{ startDate: '2025-01-01', endDate: '2025-04-03' }, 'endDate'],
    [{ weekly: true, endDate: '2025-11-22' }, 'endDate'],
    [{ weekly: true, endDate: '2025-11-24' }, 'endDate'],
    [{ timeZone: 'Mars/Base' }, 'tz'],
    [{ users: [] }, 'users'],
    [{ users: Array.from({ length: 51 }, (_, i) => ({ name: String(i) })) }, 'users'],
  ])('should refuse a fault and name it (%#)', async (changes, path) => {
    const building = reportService(new MemoryActivity({})).build(reportRequest(changes));
    await expect(building).rejects.toMatchObject({ code: 'VALIDATION_FAILED', details: [{ path }] });
  });

  it('should make 92 days', async () => {
    const report = await reportOf({ ben: {} }, { startDate: '2025-01-01', endDate: '2025-04-02' });
    expect(report.organizations[0]!.users[0]!.dailyReports).toHaveLength(92);
  });

  it('should change its version with the rules, and with nothing else', async () => {
    const service = reportService(new MemoryActivity({}));
    const [first, second] = [await service.versionOf(reportRequest()), await service.versionOf(reportRequest())];
    expect(first).toEqual(second);
    expect(first).toEqual({
      dataVersion: 'Turbo-1',
      promptVersion: expect.stringMatching(/^[0-9a-f]{16}$/),
      model: null,
    });
  });
});
