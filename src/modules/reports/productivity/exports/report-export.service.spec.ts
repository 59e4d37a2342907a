import { text } from 'node:stream/consumers';
import { afk, metrics, together, used, window } from '../../../../../test/support/activity-points.js';
import { MemoryActivity } from '../../../../../test/support/memory-activity.js';
import { reportRequest, reportService } from '../../../../../test/support/productivity-reports.js';
import type { ProductivityReport, ProductivityReportRequest } from '../productivity-report.js';
import { ReportExportService, type ExportFormat } from './report-export.service.js';

const exports = new ReportExportService();

const HOSTILE = '=cmd|\' /C calc\'!A0,"x"\n<script>alert(1)</script>\u202e';

async function reportOf(people: MemoryActivity['people'], changes: Partial<ProductivityReportRequest> = {}) {
  const users = Object.keys(people).map((name) => ({ name }));
  return (await reportService(new MemoryActivity(people)).build(reportRequest({ users, ...changes }))).report;
}

const rendered = (report: ProductivityReport, format: ExportFormat): Promise<string> =>
  text(exports.render(report, format).body);

/** RFC 4180. */
function parseCsv(csv: string): string[][] {
  const rows: string[][] = [];
  for (const [, quoted, plain, end] of csv.matchAll(/(?:"((?:[^"]|"")*)"|([^",\n]*))(,|\n)/g)) {
    if (rows.length === 0 || rows.at(-1)!.at(-1) === '\n') {
      rows.at(-1)?.pop();
      rows.push([]);
    }
    rows.at(-1)!.push(quoted?.replaceAll('""', '"') ?? plain!);
    if (end === '\n') rows.at(-1)!.push('\n');
  }
  rows.at(-1)?.pop();
  return rows;
}

async function csvOf(report: ProductivityReport): Promise<Record<string, string>[]> {
  const [header, ...rows] = parseCsv(await rendered(report, 'csv'));
  return rows.map((row) => {
    expect(row).toHaveLength(header!.length);
    return Object.fromEntries(header!.map((name, i) => [name, row[i]!]));
  });
}

describe('CSV', () => {
  it('should have a row for every hour of every day and person, with the figures of the report', async () => {
    const report = await reportOf(
      {
        ben: together(used('2025-11-17T09:15:00Z', 30, 'Reddit'), { afk: [afk('2025-11-17T10:00:00Z', 600, 'idle')] }),
        alice: { dailyMetrics: [metrics('2025-11-18', { active: 7200 })] },
      },
      { endDate: '2025-11-18' },
    );
    const rows = await csvOf(report);
    expect(rows).toHaveLength(2 * 2 * 24);
    expect(rows[9]).toEqual({
      organizationName: 'Turbo',
      userName: 'ben',
      date: '2025-11-17',
      hour: '9',
      startTime: '09:00',
      endTime: '10:00',
      totalMinutes: '60',
      activeMinutes: '30',
      idleMinutes: '0',
      afkMinutes: '0',
      apps: 'Reddit 30',
      discrepancies: 'social_media (high, 09:15-09:45): Reddit for 30 min',
      dataQuality: 'afk_status',
      dayActiveMinutes: '30',
      dayIdleMinutes: '10',
      dayAfkMinutes: '0',
    });
    expect(rows[10]).toMatchObject({ hour: '10', idleMinutes: '10', apps: '' });
    expect(rows.at(-1)).toMatchObject({
      userName: 'alice',
      date: '2025-11-18',
      hour: '23',
      endTime: '00:00',
      activeMinutes: '0',
      dataQuality: 'daily_metrics',
      dayActiveMinutes: '120',
    });
  });

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', '\t=1', '\r=1', '\n=1', ' =1', '＝1', '\u00a0=1', '\ufeff=1', '"=1'])(
    'should let no spreadsheet take %j for a formula',
    async (name) => {
      const report = await reportOf({ [name]: used('2025-11-17T09:15:00Z', 30, name) }, { org: name });
      for (const row of await csvOf(report)) {
        for (const cell of Object.values(row)) expect(cell).not.toMatch(/^[\s\ufeff]*[=+\-@＝＋－＠]/);
      }
    },
  );

  it('should keep commas, quotes and line breaks within their cell', async () => {
    const report = await reportOf({ 'a,"b"\nc': used('2025-11-17T09:15:00Z', 30, HOSTILE) });
    const rows = await csvOf(report);
    expect(rows).toHaveLength(24);
    expect(rows[9]).toMatchObject({ userName: 'a,"b" c' });
    expect(rows[9]!.apps).toMatch(/^'=cmd/);
  });
});

describe('JSON', () => {
  it('should be the report', async () => {
    const report = await reportOf(
      { ben: used('2025-11-17T09:15:00Z', 30, HOSTILE, HOSTILE), alice: {} },
      { endDate: '2025-11-23', weekly: true },
    );
    const json = await rendered(report, 'json');
    expect(json).toBe(JSON.stringify(report));
  });
});

describe('the page', () => {
  it('should escape all that comes from outside, and load and run nothing', async () => {
    const report = await reportOf(
      { [HOSTILE]: { ...used('2025-11-17T09:15:00Z', 30, HOSTILE, HOSTILE) }, alice: {} },
      { org: HOSTILE },
    );
    const page = await rendered(report, 'html');
    expect(page).not.toMatch(/<script|javascript:|\son\w+=|\sstyle=|<link|<img|<iframe|<object|@import|url\(|https?:/i);
    expect(page.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(page).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page).toMatch(
      /http-equiv="Content-Security-Policy" content="default-src &#39;none&#39;; style-src &#39;sha256-[^"]+&#39;;/,
    );
    // Each name is in an element of its own direction.
    expect(page).toMatch(/<h2><bdi>=cmd/);
  });

  it('should say what is known of a day of which nothing, only windows or only totals are', async () => {
    const page = await rendered(
      await reportOf(
        {
          ben: {
            windows: [window('2025-11-18T09:00:00Z', 60, 'Excel')],
            dailyMetrics: [metrics('2025-11-19', { active: 7200 })],
          },
        },
        { endDate: '2025-11-19' },
      ),
      'html',
    );
    expect(page).toContain('Nothing was tracked.');
    expect(page).toContain('Windows were recorded, but not whether anyone was there.');
    expect(page).toContain('Only the totals of this day are known, not its hours.');
  });
});

describe('exports', () => {
  it.each([
    ['html', 'text/html; charset=utf-8'],
    ['csv', 'text/csv; charset=utf-8'],
    ['json', 'application/json; charset=utf-8'],
  ] as const)('should name a %s file and its type', async (format, contentType) => {
    const report = await reportOf({ ben: {} }, { endDate: '2025-11-18' });
    const made = exports.render(report, format);
    expect(made).toMatchObject({ contentType, fileName: `productivity-Turbo-ben-2025-11-17-to-2025-11-18.${format}` });
    made.body.destroy();
  });

  it('should name files in ASCII, whatever the names', async () => {
    const report = await reportOf({ 'Zoë/../"x"\r\n': {} }, { org: '日本 <b>' });
    const { fileName, body } = exports.render(report, 'csv');
    expect(fileName).toBe('productivity-b-Zoe-..-x-2025-11-17.csv');
    body.destroy();
  });

  it('should not hold the event loop for 50 people over 92 days', async () => {
    const full = Array.from({ length: 10 }, (_, hour) =>
      used(`2025-01-02T${String(hour + 8).padStart(2, '0')}:00:00Z`, 50, `App ${hour}`, 'A title of some length'),
    );
    const report = await reportOf({ ben: together(...full) }, { startDate: '2025-01-01', endDate: '2025-04-02' });
    const user = report.organizations[0]!.users[0]!;
    const day = user.dailyReports[1]!;
    user.dailyReports = user.dailyReports.map(({ date }) => ({ ...day, date }));
    report.organizations[0]!.users = Array.from({ length: 50 }, (_, i) => ({ ...user, userName: `user ${i}` }));

    for (const format of ['html', 'csv', 'json'] as const) {
      let [bytes, turns] = [0, 0];
      const others = setInterval(() => turns++);
      for await (const chunk of exports.render(report, format).body) bytes += (chunk as Buffer).length;
      clearInterval(others);
      expect(bytes).toBeGreaterThan(5e6);
      // One in ten milliseconds of work, of which a quick machine needs few; made in one piece others would get none at all.
      expect(turns).toBeGreaterThan(3);
    }
  }, 120_000);
});
