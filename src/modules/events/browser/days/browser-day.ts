export const DAY_MS = 86_400_000;

/** Days since 1970 of the UTC day in which an instant lies. */
export function utcDayOf(instant: number): number {
  return Math.floor(instant / DAY_MS);
}
