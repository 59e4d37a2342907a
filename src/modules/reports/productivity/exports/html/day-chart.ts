import { scaleBand, scaleLinear, type ScaleBand, type ScaleLinear } from 'd3-scale';
import { stack } from 'd3-shape';
import type { DailyReportDto, DiscrepancyDto, HourlyBreakdownDto } from '../../dto/daily-report.dto.js';
import { twoDigits } from '../../figures/local-time.js';
import { longDate, minutesText } from './figures.js';
import { markup, NOTHING, type Markup } from './markup.js';
import { rectangle, short } from './svg.js';

const WIDTH = 720;
const LEFT = 34;
const RIGHT = 8;
const TOP = 8;
const PLOT = 132;
const LANE = 9;
const MOST_LANES = 4;
const AXIS = 20;
const DAY_MINUTES = 1440;

const STATES = ['active', 'idle', 'afk'] as const;
type State = (typeof STATES)[number];
const STATE_NAMES: Readonly<Record<State, string>> = { active: 'active', idle: 'idle', afk: 'away' };

/** The day by the hour: how much of each was active, idle and away; above, when discrepancies were. */
export function dayChart(day: DailyReportDto): Markup {
  const hours = day.hourlyBreakdown;
  const lanes = lanesOf(day.notableDiscrepancies);
  const top = TOP + Math.min(MOST_LANES, Math.max(...lanes, -1) + 1) * LANE;
  const bottom = top + PLOT;
  const x = scaleBand<number>(
    hours.map(({ hour }) => hour),
    [LEFT, WIDTH - RIGHT],
  ).paddingInner(0.14);
  const y = scaleLinear([0, Math.max(60, ...hours.map(({ totalMinutes }) => totalMinutes))], [bottom, top]);
  return markup`<svg class="chart" viewBox="0 0 ${WIDTH} ${bottom + AXIS}" role="img" aria-label="${labelOf(day)}">
    ${hourAxis(x, y, bottom)}${untracked(hours, x, y)}${bars(hours, x, y)}${discrepancyMarks(day.notableDiscrepancies, lanes)}
  </svg>`;
}

function labelOf(day: DailyReportDto): string {
  const parts = [
    `active ${minutesText(day.totalActiveMinutes)}`,
    `idle ${minutesText(day.totalIdleMinutes)}`,
    `away ${minutesText(day.totalAfkMinutes)}`,
  ];
  return `${longDate(day.date)} by hour: ${parts.join(', ')}. The table below has every hour.`;
}

function bars(hours: readonly HourlyBreakdownDto[], x: ScaleBand<number>, y: ScaleLinear<number, number>): Markup[] {
  const stacked = stack<HourlyBreakdownDto, State>()
    .keys(STATES)
    .value((hour, state) => minutesOf(hour, state))(hours);
  return stacked.map((series) => {
    const rects = series.map((point, i) => {
      const hour = hours[i]!;
      const minutes = minutesOf(hour, series.key);
      if (minutes === 0) return NOTHING;
      const [from, to] = [y(point[0]), y(point[1])];
      const what = `${hour.startTime} to ${hour.endTime}: ${minutesText(minutes)} ${STATE_NAMES[series.key]}`;
      const place = rectangle(x(hour.hour)!, to, x.bandwidth(), from - to);
      return markup`<rect ${place}><title>${what}</title></rect>`;
    });
    return markup`<g class="${series.key}">${rects}</g>`;
  });
}

function minutesOf(hour: HourlyBreakdownDto, state: State): number {
  return { active: hour.activeMinutes, idle: hour.idleMinutes, afk: hour.afkMinutes }[state];
}

/** What the hour lasts, behind the bars: nothing where the clock skips it. */
function untracked(hours: readonly HourlyBreakdownDto[], x: ScaleBand<number>, y: ScaleLinear<number, number>): Markup {
  const rects = hours.map(({ hour, totalMinutes }) => {
    const top = y(totalMinutes);
    if (totalMinutes === 0) return NOTHING;
    return markup`<rect ${rectangle(x(hour)!, top, x.bandwidth(), y(0) - top)}/>`;
  });
  return markup`<g class="untracked">${rects}</g>`;
}

function hourAxis(x: ScaleBand<number>, y: ScaleLinear<number, number>, bottom: number): Markup {
  const lines = [0, 30, 60, 90, 120]
    .filter((minutes) => minutes <= y.domain()[1]!)
    .map(
      (minutes) => markup`<line x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${short(y(minutes))}" y2="${short(y(minutes))}"/>
        <text x="${LEFT - 6}" y="${short(y(minutes) + 3.5)}" text-anchor="end">${minutes}</text>`,
    );
  const hours = x
    .domain()
    .filter((hour) => hour % 3 === 0)
    .map((hour) => {
      const middle = short(x(hour)! + x.bandwidth() / 2);
      return markup`<text x="${middle}" y="${bottom + 15}" text-anchor="middle">${twoDigits(hour)}:00</text>`;
    });
  return markup`<g class="axis">${lines}${hours}</g>`;
}

function discrepancyMarks(discrepancies: readonly DiscrepancyDto[], lanes: readonly number[]): Markup {
  const x = scaleLinear([0, DAY_MINUTES], [LEFT, WIDTH - RIGHT]);
  const marks = discrepancies.map((discrepancy, i) => {
    const { start, end } = minutesOfDay(discrepancy);
    const width = Math.max(3, x(end) - x(start));
    const { severity, startTime, endTime, description } = discrepancy;
    const left = Math.min(x(start), WIDTH - RIGHT - width);
    const top = TOP + Math.min(lanes[i]!, MOST_LANES - 1) * LANE - 4;
    const what = `${startTime} to ${endTime}, ${severity}: ${description}`;
    return markup`<rect class="${severity}" ${rectangle(left, top, width, LANE - 3)} rx="2"><title>${what}</title></rect>`;
  });
  return markup`<g class="marks">${marks}</g>`;
}

/** For each discrepancy the first row in which it covers no other; they come in order of their start. */
function lanesOf(discrepancies: readonly DiscrepancyDto[]): number[] {
  const ends: number[] = [];
  return discrepancies.map((discrepancy) => {
    const { start, end } = minutesOfDay(discrepancy);
    const free = ends.findIndex((taken) => taken <= start);
    const lane = free === -1 ? ends.length : free;
    ends[lane] = end;
    return lane;
  });
}

function minutesOfDay({ startTime, endTime }: DiscrepancyDto): { start: number; end: number } {
  const start = minuteOfDay(startTime);
  const end = minuteOfDay(endTime);
  // 00:00 is the end of the day.
  return { start, end: end > start ? end : DAY_MINUTES };
}

function minuteOfDay(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}
