import type { DailyReportDto, HourlyBreakdownDto } from '../../dto/daily-report.dto.js';
import type { DataQuality } from '../../report-vocabulary.js';
import { dayChart } from './day-chart.js';
import { longDate, minutesFigure } from './figures.js';
import { markup, NOTHING, type Markup } from './markup.js';
import { discrepancies, legend, name, topApps } from './page-parts.js';

const MOST_TITLES = 3;

const QUALITY_NOTES: Readonly<Record<DataQuality, string>> = {
  afk_status: '',
  daily_metrics: 'Only the totals of this day are known, not its hours.',
  windows_only: 'Windows were recorded, but not whether anyone was there.',
  no_data: 'Nothing was tracked.',
};

export function daySection(day: DailyReportDto): Markup {
  const heading = markup`<h3>${longDate(day.date)}</h3>`;
  const note = QUALITY_NOTES[day.dataQuality];
  if (day.dataQuality === 'no_data' || day.dataQuality === 'windows_only') {
    return markup`<article class="day empty" data-date="${day.date}">
      ${heading}
      <p class="quiet">${note}</p>
    </article>
  `;
  }
  const totals = markup`<p class="totals">
    <span class="active">${minutesFigure('totalActiveMinutes', day.totalActiveMinutes)} active</span>
    <span class="idle">${minutesFigure('totalIdleMinutes', day.totalIdleMinutes)} idle</span>
    <span class="afk">${minutesFigure('totalAfkMinutes', day.totalAfkMinutes)} away</span>
  </p>`;
  const quality = note === '' ? NOTHING : markup`<p class="note">${note}</p>`;
  const hours =
    day.dataQuality === 'daily_metrics'
      ? NOTHING
      : markup`<figure>${legend(dayColours(day))}${dayChart(day)}</figure>
          ${hourTable(day)}`;
  return markup`<article class="day" data-date="${day.date}">
    ${heading}${totals}${quality}
    <p class="summary"><bdi>${day.summary}</bdi></p>
    ${hours}
    <div class="columns">${topApps(day.topApps)}${discrepancies(day.notableDiscrepancies)}</div>
  </article>
  `;
}

function dayColours({ notableDiscrepancies }: DailyReportDto): Markup {
  const marks = notableDiscrepancies.length === 0 ? NOTHING : markup` <span class="mark">Discrepancy, above</span>`;
  return markup` <span class="untracked">Untracked</span>${marks}`;
}

/** What the chart shows, and the apps and windows of each hour. */
function hourTable(day: DailyReportDto): Markup {
  const rows = day.hourlyBreakdown.filter(isTracked).map(
    (hour) =>
      markup`<tr data-hour="${hour.hour}">
        <th scope="row" class="time">${hour.startTime}</th>
        <td class="number">${minutesFigure('activeMinutes', hour.activeMinutes)}</td>
        <td class="number">${minutesFigure('idleMinutes', hour.idleMinutes)}</td>
        <td class="number">${minutesFigure('afkMinutes', hour.afkMinutes)}</td>
        <td class="number">${minutesFigure('totalMinutes', hour.totalMinutes)}</td>
        <td>${appList(hour)}</td>
      </tr>`,
  );
  return markup`<details>
    <summary>Every hour as a table</summary>
    <div class="scroll">
      <table class="hours">
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col" class="number">Active</th>
            <th scope="col" class="number">Idle</th>
            <th scope="col" class="number">Away</th>
            <th scope="col" class="number">Hour lasts</th>
            <th scope="col">Apps and windows</th>
          </tr>
        </thead>
        <tbody>
          ${rows}
        </tbody>
      </table>
    </div>
  </details>`;
}

function appList({ appUsage }: HourlyBreakdownDto): Markup {
  if (appUsage.length === 0) return NOTHING;
  const items = appUsage.map(({ appName, durationMinutes, windowTitles }) => {
    const titles = windowTitles
      .slice(0, MOST_TITLES)
      .map((title, i) => markup`${i === 0 ? '' : ' · '}<bdi>${title}</bdi>`);
    const more = windowTitles.length > MOST_TITLES ? ' · …' : '';
    const windows = titles.length === 0 ? NOTHING : markup`<small>${titles}${more}</small>`;
    return markup`<li>${name(appName)} ${minutesFigure('appUsage', durationMinutes)}${windows}</li>`;
  });
  return markup`<ul>
    ${items}
  </ul>`;
}

function isTracked(hour: HourlyBreakdownDto): boolean {
  return hour.activeMinutes + hour.idleMinutes + hour.afkMinutes > 0;
}
