/** One figure that a piece of prose states, read with its unit; it is true when some fact equals it. */
export interface Claim {
  kind:
    | 'duration'
    | 'days'
    | 'percent'
    | 'fraction'
    | 'times'
    | 'pair'
    | 'count'
    | 'number'
    | 'score'
    | 'rank'
    | 'ordinal'
    | 'date'
    | 'month'
    | 'monthDay'
    | 'year'
    | 'clock'
    | 'hourRange'
    | 'weekday'
    | 'refused';
  /** Durations in seconds, clocks in minutes of the day, months 1 to 12, weekdays 1 (Monday) to 7. */
  value: number;
  /** The smallest difference that the writing shows: 0.1 for "6.3", 1 for "6"; in the unit of `value`. */
  step: number;
  /** Whether a coarse unit may hide a large part of the figure ("1 hour" for 31 minutes). */
  isCoarse?: boolean;
  /** The other number of a pair ("12 of 40"), or the day of a month, or the end of a range of hours. */
  second?: number;
  /** Seconds or days in the unit that was written. */
  scale?: number;
  /** `YYYY-MM-DD` */
  date?: string;
  /** The words that are counted. */
  nouns?: string[];
  /** "over 6 hours", "under 6 hours": which way the figure must lie. */
  bound?: 'over' | 'under';
  /** "1 h on github.com": whose figure it is said to be. */
  about?: string;
  /** "-3 events", "minus 3 events": the figure must lie below zero. */
  isNegative?: boolean;
  /** "6 hours a day": must be a fact about that. */
  isRate?: boolean;
  /** Why it is refused whatever the facts. */
  reason?: string;
  from: number;
  next: number;
}

export function refused(reason: string, from: number, next: number): Claim {
  return { kind: 'refused', value: Number.NaN, step: 0, reason, from, next };
}
