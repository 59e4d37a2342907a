/** What a number means. `rank` covers every position (first, second, 3rd), `hourOfDay` and `minuteOfDay` are local time. */
export type FactUnit =
  | 'minutes'
  | 'seconds'
  | 'hours'
  | 'percent'
  | 'ratio'
  | 'count'
  | 'score'
  | 'days'
  | 'rank'
  | 'year'
  | 'hourOfDay'
  | 'minuteOfDay';

/** A figure that may appear in prose, and the only ones that may. */
export type Fact = NumberFact | DateFact;

export interface NumberFact {
  value: number;
  unit: FactUnit;
  /** What it is a figure of, for messages about faults. */
  label?: string;
}

export interface DateFact {
  /** `YYYY-MM-DD` */
  date: string;
  label?: string;
}
