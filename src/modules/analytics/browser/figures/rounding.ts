/** To 2 decimals, halves up; only for what is answered, never for what is added up further. */
export function toHundredths(value: number): number {
  // The smallest step above 1: 1.005 is stored as slightly less than that.
  return Math.round(value * (1 + Number.EPSILON) * 100) / 100;
}

export function toMinutes(ms: number): number {
  return toHundredths(ms / 60_000);
}

export function toHours(ms: number): number {
  return toHundredths(ms / 3_600_000);
}
