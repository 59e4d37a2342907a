/** Figures are summed in milliseconds and rounded once, when they are shown: to 2 decimals, halves up. */
export function toMinutes(milliseconds: number): number {
  return Math.round(milliseconds / 600) / 100;
}

export function toHours(milliseconds: number): number {
  return Math.round(milliseconds / 36_000) / 100;
}

/** `part` of `whole` in percent; `null` without a whole. */
export function toPercent(part: number, whole: number): number | null {
  return whole === 0 ? null : Math.round((part * 10_000) / whole) / 100;
}
