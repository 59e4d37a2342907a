import { toHundredths } from './rounding.js';

/** What a score is made of, in events or in time. */
export interface Shares {
  productive: number;
  social: number;
  total: number;
}

/**
 * 0 to 100 with 2 decimals: what is productive counts in full, what is social takes a quarter of its share away.
 * Of nothing at all: 0.
 */
export function productivityScore({ productive, social, total }: Shares): number {
  if (total === 0) return 0;
  const score = (100 * productive - 25 * social) / total;
  return toHundredths(Math.min(100, Math.max(0, score)));
}

/** 0 to 100 with 2 decimals; of nothing: 0. */
export function percentage(part: number, total: number): number {
  return total === 0 ? 0 : toHundredths((100 * part) / total);
}
