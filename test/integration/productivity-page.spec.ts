import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import type { Browser, Locator, Page } from 'playwright-core';
import { ReportExportService } from '../../src/modules/reports/productivity/exports/report-export.service.js';
import type { ProductivityReport } from '../../src/modules/reports/productivity/productivity-report.js';
import { afk, metrics, together, used, window, type PersonPoints } from '../support/activity-points.js';
import { describeWithBrowser, launchChromium } from '../support/chromium.js';
import { MemoryActivity } from '../support/memory-activity.js';
import { reportRequest, reportService } from '../support/productivity-reports.js';

const HOSTILE = '<script>document.title = "taken"</script><img src=x onerror="document.title=\'taken\'">';
const RIGHT_TO_LEFT = '\u202eתוכנית עבודה \u05d0.xlsx';

/** The day on which Berlin's clock is set back, and its neighbours. */
const PERIOD = { startDate: '2025-10-25', endDate: '2025-10-28', timeZone: 'Europe/Berlin' };

const PEOPLE: Record<string, Partial<PersonPoints>> = {
  ben: together(
    used('2025-10-25T07:00:00Z', 95.5, 'Excel', RIGHT_TO_LEFT),
    used('2025-10-25T08:40:00Z', 25, 'Reddit', HOSTILE),
    { afk: [afk('2025-10-25T09:05:00Z', 40 * 60, 'afk'), afk('2025-10-25T09:45:00Z', 20 * 60, 'idle')] },
    used('2025-10-25T10:10:00Z', 33.33, HOSTILE, HOSTILE),
    used('2025-10-26T00:00:00Z', 110, 'Night shift', 'Log'),
    { dailyMetrics: [metrics('2025-10-27', { active: 25_680, afk: 6060 })] },
  ),
  [HOSTILE]: used('2025-10-25T09:00:00Z', 60, 'Word'),
  alice: {
    afk: [afk('2025-10-25T09:00:00Z', 3600), afk('2025-10-25T10:00:00Z', 60, 'afk')],
    windows: [window('2025-10-25T09:00:00Z', 60, 'Word')],
  },
};

interface Shown {
  name: string;
  value: number;
  text: string;
}

/** The figures within an element, as a person reads them and as a program does. */
function shown(within: Locator): Promise<Shown[]> {
  return within.locator('data.figure').evaluateAll((elements) =>
    elements.map((element) => ({
      name: element.getAttribute('data-name')!,
      value: Number(element.getAttribute('value')),
      text: element.textContent!,
    })),
  );
}

const named = (figures: readonly Shown[], name: string): number[] =>
  figures.filter((figure) => figure.name === name).map(({ value }) => value);

/** `6 h 48 min` → 408 */
function minutesIn(shownText: string): number {
  const [, hours = '0', minutes = '0'] = /^(?:(\d+) h ?)?(?:([\d.]+) min)?$/.exec(shownText)!;
  return Number(hours) * 60 + Number(minutes);
}

describeWithBrowser('the page of a productivity report')('the page of a productivity report', () => {
  let browser: Browser;
  let folder: string;
  let report: ProductivityReport;
  let page: Page;
  const problems: string[] = [];
  const requests: string[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
    folder = await mkdtemp(join(tmpdir(), 'almanac-page-'));
    const users = Object.keys(PEOPLE).map((name) => ({ name }));
    report = (await reportService(new MemoryActivity(PEOPLE)).build(reportRequest({ users, ...PERIOD }))).report;
    const path = join(folder, 'report.html');
    await writeFile(path, await text(new ReportExportService().render(report, 'html').body));
    page = await browser.newPage();
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => problems.push(message.text()));
    page.on('dialog', (dialog) => problems.push(dialog.message()));
    page.on('request', (request) => requests.push(request.url()));
    await page.goto(pathToFileURL(path).href);
    await page.locator('details').evaluateAll((all) => all.forEach((details) => details.setAttribute('open', '')));
  }, 120_000);

  afterAll(async () => {
    await browser.close();
    await rm(folder, { recursive: true, force: true });
  });

  const person = (userName: string): Locator => page.locator(`section.person[data-user=${JSON.stringify(userName)}]`);

  it('should load nothing, run nothing and apply its styles', async () => {
    expect(requests.filter((url) => !url.endsWith('/report.html'))).toEqual([]);
    expect(problems).toEqual([]);
    expect(await page.title()).toBe('Productivity report: Turbo, Saturday 25 October 2025 to Tuesday 28 October 2025');
    expect(await page.locator('script, img, link, iframe').count()).toBe(0);
    const width = await page
      .locator('body')
      .evaluate((body) => body.ownerDocument.defaultView!.getComputedStyle(body).maxWidth);
    expect(width).not.toBe('none');
  });

  it('should show the figures of every person', async () => {
    for (const { userName, overallReport } of report.organizations[0]!.users) {
      const tiles = await shown(person(userName).locator('.tiles'));
      expect(Object.fromEntries(tiles.map(({ name, value }) => [name, value]))).toEqual({
        totalActiveMinutes: overallReport.totalActiveMinutes,
        totalActiveHours: overallReport.totalActiveHours,
        totalAfkMinutes: overallReport.totalAfkMinutes,
        totalAfkHours: overallReport.totalAfkHours,
        totalIdleMinutes: overallReport.totalIdleMinutes,
        averageDailyActiveMinutes: overallReport.averageDailyActiveMinutes,
        averageDailyActiveHours: overallReport.averageDailyActiveHours,
        totalDiscrepancies: overallReport.totalDiscrepancies,
        criticalDiscrepancies: overallReport.criticalDiscrepancies,
      });
      expect(await person(userName).locator('> .summary').textContent()).toBe(overallReport.summary);
      const days = await shown(person(userName).locator('table.days'));
      expect(named(days, 'totalActiveMinutes')).toEqual(
        report.organizations[0]!.users.find((user) => user.userName === userName)!.dailyReports.map(
          ({ totalActiveMinutes }) => totalActiveMinutes,
        ),
      );
    }
  });

  it('should show the figures of every day, hour, app and discrepancy', async () => {
    for (const { userName, dailyReports } of report.organizations[0]!.users) {
      for (const day of dailyReports) {
        const article = person(userName).locator(`article[data-date="${day.date}"]`);
        if (day.dataQuality === 'no_data') {
          expect(await article.locator('p').textContent()).toBe('Nothing was tracked.');
          continue;
        }
        expect((await shown(article.locator('.totals'))).map(({ value }) => value)).toEqual([
          day.totalActiveMinutes,
          day.totalIdleMinutes,
          day.totalAfkMinutes,
        ]);
        const tracked = day.hourlyBreakdown.filter(
          (hour) => hour.activeMinutes + hour.idleMinutes + hour.afkMinutes > 0,
        );
        const table = await shown(article.locator('table.hours'));
        for (const key of ['activeMinutes', 'idleMinutes', 'afkMinutes', 'totalMinutes'] as const) {
          expect(named(table, key)).toEqual(
            day.dataQuality === 'daily_metrics' ? [] : tracked.map((hour) => hour[key]),
          );
        }
        expect(named(table, 'appUsage')).toEqual(
          tracked.flatMap((hour) => hour.appUsage.map(({ durationMinutes }) => durationMinutes)),
        );
        expect((await shown(article.locator('table.apps'))).map(({ value }) => value)).toEqual(
          day.topApps.map(({ durationMinutes }) => durationMinutes),
        );
        expect((await shown(article.locator('table.discrepancies'))).map(({ value }) => value)).toEqual(
          day.notableDiscrepancies.map(({ durationMinutes }) => durationMinutes),
        );
        expect(await article.locator('.badge').allTextContents()).toEqual(
          day.notableDiscrepancies.map(({ severity }) => severity),
        );
      }
    }
  });

  it('should say in words what the figures are', async () => {
    const figures = await shown(page.locator('body'));
    expect(figures.length).toBeGreaterThan(100);
    for (const { name, value, text: words } of figures) {
      const minutes =
        /^[\d.]+(?: h)?(?: [\d.]+)? min$|^\d+ h$/.test(words) &&
        /Minutes$|^(?:topApp|appUsage|discrepancy)$/.test(name);
      if (!minutes) expect(words).toMatch(new RegExp(`^${value}(?: |$)`));
      else if (value < 60) expect(words).toBe(`${value} min`);
      else expect(Math.abs(minutesIn(words) - value)).toBeLessThanOrEqual(0.5);
    }
  });

  it('should draw each hour as high as it was long', async () => {
    for (const day of report.organizations[0]!.users[0]!.dailyReports.slice(0, 2)) {
      const chart = person('ben').locator(`article[data-date="${day.date}"] svg.chart`);
      const heights = (group: string): Promise<number[]> =>
        chart
          .locator(`g.${group} rect`)
          .evaluateAll((rects) => rects.map((rect) => Number(rect.getAttribute('height'))));
      const hours = day.hourlyBreakdown;
      const perMinute =
        Math.max(...(await heights('untracked'))) / Math.max(...hours.map(({ totalMinutes }) => totalMinutes));
      const parts = {
        untracked: 'totalMinutes',
        active: 'activeMinutes',
        idle: 'idleMinutes',
        afk: 'afkMinutes',
      } as const;
      for (const [group, key] of Object.entries(parts)) {
        const drawn = (await heights(group)).map((height) => height / perMinute);
        const expected = hours.map((hour) => hour[key]).filter((minutes) => minutes > 0);
        expect(drawn).toHaveLength(expected.length);
        drawn.forEach((minutes, i) => expect(minutes).toBeCloseTo(expected[i]!, 0));
      }
    }
    expect(report.organizations[0]!.users[0]!.dailyReports[1]!.hourlyBreakdown[2]!.totalMinutes).toBe(120);
  });

  it('should mark discrepancies where they were', async () => {
    const chart = person('ben').locator('article[data-date="2025-10-25"] svg.chart');
    const titles = await chart
      .locator('.marks title')
      .evaluateAll((elements) => elements.map((element) => element.textContent));
    expect(titles).toEqual(
      report.organizations[0]!.users[0]!.dailyReports[0]!.notableDiscrepancies.map(
        ({ startTime, endTime, severity, description }) => `${startTime} to ${endTime}, ${severity}: ${description}`,
      ),
    );
  });

  it('should show the ranking', async () => {
    const { rankings } = report.organizations[0]!.userRanking!;
    const rows = await shown(page.locator('table.ranking'));
    for (const key of [
      'rank',
      'activePercentage',
      'totalActiveHours',
      'totalAfkHours',
      'totalDiscrepancies',
    ] as const) {
      expect(named(rows, key)).toEqual(rankings.map((user) => user[key]));
    }
    expect(await page.locator('table.ranking tr[data-user] th').allTextContents()).toEqual(
      rankings.map(({ userName }) => userName),
    );
  });

  it('should show titles as text, each in its own direction', async () => {
    const titles = person('ben').locator('article[data-date="2025-10-25"] table.hours small bdi');
    expect(await titles.allTextContents()).toEqual(expect.arrayContaining([RIGHT_TO_LEFT, HOSTILE]));
    expect(await page.title()).not.toBe('taken');
  });

  it('should be readable without seeing it', async () => {
    expect(await page.locator('html').getAttribute('lang')).toBe('en');
    for (const chart of await page.locator('svg.chart').all()) {
      expect(await chart.getAttribute('role')).toBe('img');
      expect(await chart.getAttribute('aria-label')).toMatch(/The table below has every (?:hour|day)\.$/);
    }
    expect(await page.locator('svg:not(.chart):not([aria-hidden])').count()).toBe(0);
    expect(await page.locator('th:not([scope])').count()).toBe(0);
    const levels = await page
      .locator('h1, h2, h3')
      .evaluateAll((all) => all.map((heading) => Number(heading.tagName[1])));
    levels.forEach((level, i) => expect(level - (levels[i - 1] ?? 0)).toBeLessThanOrEqual(1));
  });

  it('should print every hour, light, also where it is folded and the screen is dark', async () => {
    const printed = await browser.newPage({ colorScheme: 'dark' });
    await printed.goto(page.url());
    const background = () =>
      printed
        .locator('body')
        .evaluate((body) => body.ownerDocument.defaultView!.getComputedStyle(body).backgroundColor);
    const dark = await background();
    const hours = printed.locator('table.hours').first();
    expect(await hours.isVisible()).toBe(false);
    await printed.emulateMedia({ media: 'print' });
    expect(await hours.isVisible()).toBe(true);
    expect(await background()).toBe('rgb(255, 255, 255)');
    expect(dark).not.toBe('rgb(255, 255, 255)');
    expect((await printed.pdf({ format: 'A4' })).subarray(0, 5).toString()).toBe('%PDF-');
    await printed.close();
  });
});
