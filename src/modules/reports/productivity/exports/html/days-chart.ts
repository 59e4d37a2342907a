import { scaleBand, scaleLinear } from 'd3-scale';
import { stack } from 'd3-shape';
import type { DailyReportDto } from '../../dto/daily-report.dto.js';
import { longDate, minutesText, shortDate } from './figures.js';
import { markup, NOTHING, type Markup } from './markup.js';
import { rectangle, short } from './svg.js';

const WIDTH = 720;
const HEIGHT = 196;
const LEFT = 34;
const RIGHT = 8;
const TOP = 10;
const BOTTOM = HEIGHT - 22;
const MOST_LABELS = 9;

const STATES = ['active', 'idle', 'afk'] as const;
type State = (typeof STATES)[number];
const STATE_NAMES: Readonly<Record<State, string>> = { active: 'active', idle: 'idle', afk: 'away' };

/** All days of the period side by side, in hours. */
export function daysChart(days: readonly DailyReportDto[], label: string): Markup {
  const x = scaleBand<string>(
    days.map(({ date }) => date),
    [LEFT, WIDTH - RIGHT],
  )
    .paddingInner(0.18)
    .paddingOuter(0.1);
  const longest = Math.max(...days.map((day) => STATES.reduce((sum, state) => sum + hoursOf(day, state), 0)));
  const y = scaleLinear([0, Math.max(1, longest)], [BOTTOM, TOP]).nice(4);
  const stacked = stack<DailyReportDto, State>()
    .keys(STATES)
    .value((day, state) => hoursOf(day, state))(days);
  const bars = stacked.map((series) => {
    const rects = series.map((point, i) => {
      const day = days[i]!;
      const [from, to] = [y(point[0]), y(point[1])];
      if (point[0] === point[1]) return NOTHING;
      const what = `${longDate(day.date)}: ${minutesText(minutesOf(day, series.key))} ${STATE_NAMES[series.key]}`;
      const place = rectangle(x(day.date)!, to, x.bandwidth(), from - to);
      return markup`<rect ${place}><title>${what}</title></rect>`;
    });
    return markup`<g class="${series.key}">${rects}</g>`;
  });
  const lines = y.ticks(4).map(
    (hours) => markup`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${short(y(hours))}" y2="${short(y(hours))}"/>
        <text x="${LEFT - 6}" y="${short(y(hours) + 3.5)}" text-anchor="end">${hours} h</text>`,
  );
  const every = Math.ceil(days.length / MOST_LABELS);
  const dates = days
    .filter((_, i) => i % every === 0)
    .map(({ date }) => {
      const middle = short(x(date)! + x.bandwidth() / 2);
      return markup`<text x="${middle}" y="${BOTTOM + 16}" text-anchor="middle">${shortDate(date)}</text>`;
    });
  return markup`<svg class="chart" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">
    <g class="axis">${lines}${dates}</g>
    ${bars}
  </svg>`;
}

function minutesOf(day: DailyReportDto, state: State): number {
  return { active: day.totalActiveMinutes, idle: day.totalIdleMinutes, afk: day.totalAfkMinutes }[state];
}

function hoursOf(day: DailyReportDto, state: State): number {
  return minutesOf(day, state) / 60;
}
