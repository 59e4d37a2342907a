import type { Category } from '../../../common/categories/category.js';

export interface DomainFigure {
  domain: string;
  minutes: number;
  category: Category;
}

/** What was spent on one site without a change. */
export interface StretchFigure {
  domain: string;
  minutes: number;
  /** `YYYY-MM-DD`, local. */
  date: string;
  /** Minutes after midnight on the local clock. */
  minuteOfDay: number;
}

export interface TimeSplit {
  total: number;
  productive: number;
  social: number;
  neutral: number;
}

/** All that the texts about a period may say; every figure is computed by browser analytics. Minutes, unless told otherwise. */
export interface BrowsingFigures {
  /** Local dates, all of the period, `YYYY-MM-DD`. */
  dates: string[];
  /** False: more may come. */
  hasEnded: boolean;
  eventCount: number;
  time: TimeSplit;
  /** 0 to 100, over events, as `/api/analytics/productivity` answers it. */
  score: number;
  /** The most time first. */
  domains: DomainFigure[];
  /** Local hour with the most events. */
  peakHour: { hour: number; count: number } | null;
  /** Local date with the most events. */
  peakDate: { date: string; count: number } | null;
  /** How many dates have events. */
  activeDays: number;
  longest: StretchFigure | null;
  /** The same number of days directly before; `null`: nothing was recorded then, or it is no match. */
  before: { totalMinutes: number; score: number } | null;
}
