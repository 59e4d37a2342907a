import { gunzipSync } from 'node:zlib';
import { used } from '../../../../test/support/activity-points.js';
import { MemoryActivity } from '../../../../test/support/memory-activity.js';
import { reportRequest, reportService } from '../../../../test/support/productivity-reports.js';
import { PackedDays } from './packed-days.js';
import { reportLines } from './tasks/report-text.js';

/** Days of work of people of whom the last has none. */
function teamOf(people: number, days: number): MemoryActivity['people'] {
  const worked = Array.from({ length: days }, (_, day) =>
    used(`2025-11-${String(day + 1).padStart(2, '0')}T09:00:00Z`, 30 + day, 'Word', `"Report" ${day}\n`),
  );
  const points = {
    afk: worked.flatMap(({ afk }) => afk ?? []),
    windows: worked.flatMap(({ windows }) => windows ?? []),
  };
  return Object.fromEntries(Array.from({ length: people }, (_, i) => [`u${i}`, i + 1 < people ? points : {}]));
}

async function reportOf(people: MemoryActivity['people'], days: number, packedDays?: PackedDays) {
  const users = Object.keys(people).map((name) => ({ name }));
  const endDate = `2025-11-${String(days).padStart(2, '0')}`;
  const request = reportRequest({ users, startDate: '2025-11-01', endDate });
  return (await reportService(new MemoryActivity(people)).build(request, { packedDays })).report;
}

describe('PackedDays', () => {
  it('should hold the days of a large report as the text that the whole report has', async () => {
    const people = teamOf(6, 8);
    const whole = await reportOf(people, 8);
    const packedDays = new PackedDays();
    const packed = await reportOf(people, 8, packedDays);

    const { users } = packed.organizations[0]!;
    expect(users.map((user) => packedDays.textOf(user) !== undefined)).toEqual(users.map(() => true));
    expect(users.flatMap(({ dailyReports }) => dailyReports.flatMap((day) => day.hourlyBreakdown))).toEqual([]);
    const lines = [...reportLines(packed, (user) => packedDays.textOf(user))];
    const text = lines.map((line) => (typeof line === 'string' ? line : gunzipSync(line).toString())).join('');
    expect(text).toBe([...reportLines(whole)].join(''));
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(whole)));
  });

  it('should leave days alone while they are few enough for a model to word them', async () => {
    const people = teamOf(4, 10);
    const packedDays = new PackedDays();
    const report = await reportOf(people, 10, packedDays);
    expect(report.organizations[0]!.users.map((user) => packedDays.textOf(user))).toEqual(Array(4).fill(undefined));
    expect(report).toEqual(await reportOf(people, 10));
  });
});
