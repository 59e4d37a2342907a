/** To so many decimals, by the exact value of the number; null stays null. */
export function rounded(value: number, decimals: number): number;
export function rounded(value: number | null, decimals: number): number | null;
export function rounded(value: number | null, decimals: number): number | null {
  // No negative zero.
  return value === null ? null : Number(value.toFixed(decimals)) + 0;
}
