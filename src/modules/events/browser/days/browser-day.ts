export const DAY_MS = 86_400_000;

/** Days since 1970 of the UTC day in which an instant lies. */
export function utcDayOf(instant: number): number {
  return Math.floor(instant / DAY_MS);
}

/** A UTC day of a user that may have events. */
export interface BrowserDay {
  /** Days since 1970. */
  day: number;
  /** Hex; another after every write to the day's events. */
  rev: string;
  /** Its events may be changing without a new `rev`. */
  isOpen: boolean;
  /** Events at `rev`; `null`: not known. */
  count: number | null;
}

export interface DayPlace {
  userId: string;
  day: number;
}
