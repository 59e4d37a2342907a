/** Names of the days in ISO order: the first is weekday 1. */
export const WEEKDAYS = ['monday', 'tuesday', 'wednesday', 'thursday', 'friday', 'saturday', 'sunday'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** `monday` → 1 … `sunday` → 7. */
export function isoWeekday(day: Weekday): number {
  return WEEKDAYS.indexOf(day) + 1;
}

/** 1 → `monday` … 7 → `sunday`. */
export function weekdayName(isoDay: number): Weekday | undefined {
  return WEEKDAYS[isoDay - 1];
}
