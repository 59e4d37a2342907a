export const DAY_MS = 86_400_000;
export const QUARTERS_PER_DAY = 96;
const QUARTER_MS = DAY_MS / QUARTERS_PER_DAY;

/** Stands for a day where events without a readable time are kept: the one after the last that a date can hold. */
export const NO_TIME_DAY = 100_000_001;

/** The UTC day as days since 1970-01-01, negative before. @param ms epoch milliseconds; NaN: no readable time. */
export function dayOf(ms: number): number {
  return Number.isNaN(ms) ? NO_TIME_DAY : Math.floor(ms / DAY_MS);
}

/** Epoch milliseconds at which the UTC day begins. */
export function dayStart(day: number): number {
  return day * DAY_MS;
}

/** 0 to 95: which quarter of an hour of its UTC day. @param msOfDay milliseconds since the day began. */
export function quarterOf(msOfDay: number): number {
  return Math.floor(msOfDay / QUARTER_MS);
}
