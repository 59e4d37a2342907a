const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A whole number above 0 and its unit, or nothing. */
export const FUNNEL_WINDOW = /^(?:[1-9]\d{0,8}[smhd])?$/;

/** `90s`, `30m`, `12h`, `14d` (which must match `FUNNEL_WINDOW`) in milliseconds; absent or empty: no limit. */
export function funnelWindowMs(window: string | null | undefined): number {
  if (!window) return Infinity;
  return Number(window.slice(0, -1)) * UNIT_MS[window.slice(-1) as keyof typeof UNIT_MS];
}
