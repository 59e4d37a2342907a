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

const LONG = new Intl.DateTimeFormat('en-GB', {
  weekday: 'long',
  day: 'numeric',
  month: 'long',
  year: 'numeric',
  timeZone: 'UTC',
});
const SHORT = new Intl.DateTimeFormat('en-GB', { weekday: 'short', day: 'numeric', month: 'short', timeZone: 'UTC' });

/** `Wednesday 19 November 2025` */
export function longDate(date: string): string {
  return LONG.format(Date.parse(date));
}

/** `Wed 19 Nov` */
export function shortDate(date: string): string {
  return SHORT.format(Date.parse(date));
}

export function periodText(startDate: string, endDate: string): string {
  return startDate === endDate ? longDate(startDate) : `${longDate(startDate)} to ${longDate(endDate)}`;
}
