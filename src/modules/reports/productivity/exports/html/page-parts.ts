import type { DiscrepancyDto, TopAppDto } from '../../dto/daily-report.dto.js';
import { minutesFigure } from './figures.js';
import { markup, NOTHING, type Content, type Markup } from './markup.js';

const TYPE_NAMES: Readonly<Record<DiscrepancyDto['type'], string>> = {
  extended_afk: 'Long absence',
  social_media: 'Social media',
  media_consumption: 'Media',
  excessive_idle: 'Idle',
  low_productivity_apps: 'Low-productivity apps',
  suspicious_pattern: 'Suspicious pattern',
};

const STATE_COLOURS = markup`<span class="active">Active</span>
  <span class="idle">Idle</span>
  <span class="afk">Away</span>`;

/** What the colours of a chart mean; `more` for what only that chart shows. */
export function legend(more: Markup = NOTHING): Markup {
  return markup`<p class="legend" aria-hidden="true">${STATE_COLOURS}${more}</p>`;
}

export function tile(label: string, value: Content, note: Content = ''): Markup {
  return markup`<div class="tile">
    <dt>${label}</dt>
    <dd>${value}${note === '' ? NOTHING : markup`<small>${note}</small>`}</dd>
  </div>`;
}

/** A horizontal bar for a table's cell; the cell beside it has the figure. */
export function bar(share: number): Markup {
  const width = Math.round(Math.max(0, Math.min(1, share)) * 10_000) / 100;
  return markup`<svg class="bar" aria-hidden="true"><rect width="${width}%" height="100%" rx="2" /></svg>`;
}

/** Names and titles come from computers: whatever direction they are written in ends with them. */
export function name(text: string): Markup {
  return markup`<bdi>${text === '' ? '(no name)' : text}</bdi>`;
}

export function topApps(apps: readonly TopAppDto[]): Markup {
  if (apps.length === 0) return NOTHING;
  const longest = Math.max(...apps.map(({ durationMinutes }) => durationMinutes));
  const rows = apps.map(
    ({ appName, durationMinutes }) =>
      markup`<tr>
        <th scope="row">${name(appName)}</th>
        <td class="wide">${bar(longest === 0 ? 0 : durationMinutes / longest)}</td>
        <td class="number">${minutesFigure('topApp', durationMinutes)}</td>
      </tr>`,
  );
  return markup`<table class="apps">
    <caption>Most used apps</caption>
    <thead class="unseen">
      <tr>
        <th scope="col">App</th>
        <th scope="col">Share of the longest</th>
        <th scope="col" class="number">Time</th>
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>
  </table>`;
}

export function discrepancies(list: readonly DiscrepancyDto[]): Markup {
  if (list.length === 0) return markup`<p class="quiet">No discrepancies.</p>`;
  const rows = list.map(
    ({ type, severity, startTime, endTime, durationMinutes, description, context }) =>
      markup`<tr class="discrepancy">
        <td><span class="badge ${severity}">${severity}</span></td>
        <td>${TYPE_NAMES[type]}</td>
        <td class="time">${startTime} – ${endTime}</td>
        <td class="number">${minutesFigure('discrepancy', durationMinutes)}</td>
        <td><bdi>${description}</bdi>${context === undefined ? NOTHING : markup`<small><bdi>${context}</bdi></small>`}</td>
      </tr>`,
  );
  return markup`<div class="scroll">
    <table class="discrepancies">
      <caption>Discrepancies</caption>
      <thead>
        <tr>
          <th scope="col">Severity</th>
          <th scope="col">Type</th>
          <th scope="col">When</th>
          <th scope="col" class="number">Time</th>
          <th scope="col">What</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
