import { Temporal } from 'temporal-polyfill';

const MONTHS = 'January February March April May June July August September October November December'.split(' ');
const WEEKDAYS = 'Monday Tuesday Wednesday Thursday Friday Saturday Sunday'.split(' ');

/** "19 November" */
export function dayText(date: string): string {
  const { day, month } = Temporal.PlainDate.from(date);
  return `${day} ${MONTHS[month - 1]}`;
}

/** "Wednesday" */
export function weekdayText(date: string): string {
  return WEEKDAYS[Temporal.PlainDate.from(date).dayOfWeek - 1] ?? '';
}

/** "from 16 to 22 November", "from 28 November to 4 December" */
export function daysText(first: string, last: string): string {
  const isOneMonth = first.slice(0, 7) === last.slice(0, 7);
  return `from ${isOneMonth ? Number(first.slice(8)) : dayText(first)} to ${dayText(last)}`;
}

/** "09:15" */
export function clockText(minuteOfDay: number): string {
  const [hour, minute] = [Math.floor(minuteOfDay / 60), minuteOfDay % 60];
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** "between 14:00 and 15:00" */
export function hourText(hour: number): string {
  return `between ${clockText(hour * 60)} and ${clockText(((hour + 1) % 24) * 60)}`;
}
