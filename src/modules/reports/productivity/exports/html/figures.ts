import { markup, type Markup } from './markup.js';

/** A figure in words for a person, and as the report has it for a program: `<data value="408">6 h 48 min</data>`. */
export function minutesFigure(name: string, minutes: number): Markup {
  return markup`<data class="figure" data-name="${name}" value="${minutes}">${minutesText(minutes)}</data>`;
}

export function numberFigure(name: string, value: number, unit = ''): Markup {
  return markup`<data class="figure" data-name="${name}" value="${value}">${value}${unit}</data>`;
}

/** `6 h 48 min`; below an hour with the decimals that the report has: `18.2 min`. */
export function minutesText(minutes: number): string {
  if (minutes < 60) return `${minutes} min`;
  const whole = Math.round(minutes);
  const rest = whole % 60;
  return rest === 0 ? `${whole / 60} h` : `${(whole - rest) / 60} h ${rest} min`;
}

// Written out here, because runtimes differ in how they punctuate a date.
const WEEKDAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
const MONTHS = 'January February March April May June July August September October November December'.split(' ');

/** `Wednesday 19 November 2025` */
export function longDate(date: string): string {
  const { weekday, day, month, year } = partsOf(date);
  return `${weekday} ${day} ${month} ${year}`;
}

/** `Wed 19 Nov` */
export function shortDate(date: string): string {
  const { weekday, day, month } = partsOf(date);
  return `${weekday.slice(0, 3)} ${day} ${month.slice(0, 3)}`;
}

function partsOf(date: string): { weekday: string; day: number; month: string; year: number } {
  const midnight = new Date(Date.parse(date));
  return {
    weekday: WEEKDAYS[midnight.getUTCDay()]!,
    day: midnight.getUTCDate(),
    month: MONTHS[midnight.getUTCMonth()]!,
    year: midnight.getUTCFullYear(),
  };
}

export function periodText(startDate: string, endDate: string): string {
  return startDate === endDate ? longDate(startDate) : `${longDate(startDate)} to ${longDate(endDate)}`;
}
