import type { OverallReportDto, ReportedUserDto } from '../../dto/productivity-report.dto.js';
import { CRITICAL } from '../../narrative/templates.js';
import { daysChart } from './days-chart.js';
import { minutesFigure, numberFigure, shortDate } from './figures.js';
import { markup, NOTHING, type Markup } from './markup.js';
import { legend, name, tile, topApps } from './page-parts.js';

/** Everything about one person but the days, which follow. The section is closed by `userSectionEnd`. */
export function userSectionStart(user: ReportedUserDto, id: string): Markup {
  const { overallReport: overall, dailyReports: days } = user;
  const critical = overall.conclusion.startsWith(CRITICAL);
  const conclusion = critical ? overall.conclusion.slice(CRITICAL.length).trim() : overall.conclusion;
  return markup`<section class="person" id="${id}" data-user="${user.userName}">
    <h2>${name(user.userName)}</h2>
    ${tiles(overall)}
    <p class="summary"><bdi>${overall.summary}</bdi></p>
    <p class="conclusion${critical ? ' critical' : ''}">
      <strong>${critical ? 'Critical' : 'Conclusion'}</strong> <bdi>${capitalized(conclusion)}</bdi>
    </p>
    ${days.length === 1 ? NOTHING : period(user)}
  `;
}

export const userSectionEnd = markup`</section>\n`;

function tiles(overall: OverallReportDto): Markup {
  return markup`<dl class="tiles">
    ${tile('Active', minutesFigure('totalActiveMinutes', overall.totalActiveMinutes), numberFigure('totalActiveHours', overall.totalActiveHours, ' h'))}
    ${tile('Away', minutesFigure('totalAfkMinutes', overall.totalAfkMinutes), numberFigure('totalAfkHours', overall.totalAfkHours, ' h'))}
    ${tile('Idle', minutesFigure('totalIdleMinutes', overall.totalIdleMinutes))}
    ${tile('Active a day', minutesFigure('averageDailyActiveMinutes', overall.averageDailyActiveMinutes), numberFigure('averageDailyActiveHours', overall.averageDailyActiveHours, ' h on average'))}
    ${tile('Discrepancies', numberFigure('totalDiscrepancies', overall.totalDiscrepancies), numberFigure('criticalDiscrepancies', overall.criticalDiscrepancies, ' critical'))}
  </dl>`;
}

function period({ userName, overallReport, dailyReports }: ReportedUserDto): Markup {
  const label = `Hours of ${userName} by day. The table below has every day.`;
  const rows = dailyReports.map(
    (day) =>
      markup`<tr data-day="${day.date}">
        <th scope="row">${shortDate(day.date)}</th>
        <td class="number">${minutesFigure('totalActiveMinutes', day.totalActiveMinutes)}</td>
        <td class="number">${minutesFigure('totalIdleMinutes', day.totalIdleMinutes)}</td>
        <td class="number">${minutesFigure('totalAfkMinutes', day.totalAfkMinutes)}</td>
        <td class="number">${day.notableDiscrepancies.length}</td>
      </tr>`,
  );
  return markup`<figure>${legend()}${daysChart(dailyReports, label)}</figure>
    <details>
      <summary>Every day as a table</summary>
      <div class="scroll">
        <table class="days">
          <thead>
            <tr>
              <th scope="col">Day</th>
              <th scope="col" class="number">Active</th>
              <th scope="col" class="number">Idle</th>
              <th scope="col" class="number">Away</th>
              <th scope="col" class="number">Discrepancies</th>
            </tr>
          </thead>
          <tbody>
            ${rows}
          </tbody>
        </table>
      </div>
    </details>
    ${topApps(overallReport.topApps)}
  `;
}

function capitalized(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
