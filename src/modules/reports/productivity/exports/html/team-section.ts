import type { ReportedOrganizationDto, UserRankingDto } from '../../dto/productivity-report.dto.js';
import type { WeeklyEmployeeDto } from '../../dto/weekly-summary.dto.js';
import { minutesFigure, numberFigure } from './figures.js';
import { markup, NOTHING, type Markup } from './markup.js';
import { bar, name } from './page-parts.js';

/** What the people of an organization are compared by: ranking and week, where the report has them. */
export function teamSection({ userRanking, weeklySummary, weeklyUserSummaries }: ReportedOrganizationDto): Markup {
  if (userRanking === undefined && weeklySummary === undefined) return NOTHING;
  const week =
    weeklySummary === undefined
      ? NOTHING
      : markup`<h2>The week</h2>
          <p class="summary"><bdi>${weeklySummary.productivitySummary}</bdi></p>
          <div class="columns">
            ${weeklyList('Highest share of active time', weeklySummary.top5Employees)}
            ${weeklyList('Lowest share of active time', weeklySummary.bottom5Employees)}
          </div>
          ${weeklyUsers(weeklyUserSummaries ?? [])}`;
  return markup`<section class="team">${week}${userRanking === undefined ? NOTHING : ranking(userRanking)}</section>
  `;
}

function ranking({ rankings, summary }: UserRankingDto): Markup {
  const rows = rankings.map(
    (user) =>
      markup`<tr data-user="${user.userName}">
          <td class="number">${numberFigure('rank', user.rank)}</td>
          <th scope="row">${name(user.userName)}</th>
          <td class="wide">${bar(user.activePercentage / 100)}</td>
          <td class="number">${numberFigure('activePercentage', user.activePercentage, ' %')}</td>
          <td class="number">${numberFigure('totalActiveHours', user.totalActiveHours, ' h')}</td>
          <td class="number">${numberFigure('averageDailyActiveHours', user.averageDailyActiveHours, ' h')}</td>
          <td class="number">${numberFigure('totalAfkHours', user.totalAfkHours, ' h')}</td>
          <td class="number">${numberFigure('totalDiscrepancies', user.totalDiscrepancies)}</td>
          <td class="number">${numberFigure('criticalDiscrepancies', user.criticalDiscrepancies)}</td>
        </tr>
        <tr class="insights">
          <td></td>
          <td colspan="8"><bdi>${user.insights}</bdi></td>
        </tr>`,
  );
  const table =
    rankings.length === 0
      ? NOTHING
      : markup`<div class="scroll">
          <table class="ranking">
            <caption class="unseen">By share of active time: active ÷ (active + away)</caption>
            <thead>
              <tr>
                <th scope="col" class="number">Rank</th>
                <th scope="col">Name</th>
                <th scope="col"><span class="unseen">Share as a bar</span></th>
                <th scope="col" class="number">Active share</th>
                <th scope="col" class="number">Active</th>
                <th scope="col" class="number">A day</th>
                <th scope="col" class="number">Away</th>
                <th scope="col" class="number">Discrepancies</th>
                <th scope="col" class="number">Critical</th>
              </tr>
            </thead>
            <tbody>
              ${rows}
            </tbody>
          </table>
        </div>`;
  return markup`<h2>Ranking</h2>
    <p class="summary"><bdi>${summary}</bdi></p>
    ${table}`;
}

function weeklyList(title: string, employees: readonly WeeklyEmployeeDto[]): Markup {
  if (employees.length === 0) return NOTHING;
  const rows = employees.map(
    (employee) =>
      markup`<tr>
        <td class="number">${employee.rank}</td>
        <th scope="row">${name(employee.userName)}</th>
        <td class="number">${numberFigure('activityRatio', employee.activityRatio, ' %')}</td>
        <td class="number">${numberFigure('activeHours', employee.activeHours, ' h')}</td>
      </tr>`,
  );
  return markup`<table class="week">
    <caption>${title}</caption>
    <thead class="unseen">
      <tr>
        <th scope="col" class="number">Rank</th>
        <th scope="col">Name</th>
        <th scope="col" class="number">Active share</th>
        <th scope="col" class="number">Active</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

function weeklyUsers(users: NonNullable<ReportedOrganizationDto['weeklyUserSummaries']>): Markup {
  const rows = users.map(
    (user) =>
      markup`<tr>
        <th scope="row">${name(user.userName)}</th>
        <td class="number">${user.activeMinutes + user.afkMinutes === 0 ? '–' : numberFigure('activityRatio', user.activityRatio, ' %')}</td>
        <td class="number">${minutesFigure('activeMinutes', user.activeMinutes)}</td>
        <td class="number">${minutesFigure('afkMinutes', user.afkMinutes)}</td>
        <td class="number">${minutesFigure('distractedTimeMinutes', user.distractedTimeMinutes)}</td>
        <td><bdi>${user.productivitySummary}</bdi></td>
      </tr>`,
  );
  return markup`<div class="scroll">
    <table class="weekly-users">
      <caption>Everyone</caption>
      <thead>
        <tr>
          <th scope="col">Name</th>
          <th scope="col" class="number">Active share</th>
          <th scope="col" class="number">Active</th>
          <th scope="col" class="number">Away</th>
          <th scope="col" class="number">Distracted</th>
          <th scope="col">In short</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
