import { compareText } from './figures/compare-text.js';

/** What ranks a person; milliseconds. */
export interface ActivityTotals {
  userName: string;
  activeMs: number;
  afkMs: number;
}

export type Ranked<T> = T & { rank: number };

/**
 * By active ÷ (active + afk), the highest first; equal ratios share a rank (1, 1, 3) and are listed by name. Who has
 * neither active nor afk time has no ratio and is left out.
 */
export function rankByActivity<T extends ActivityTotals>(users: readonly T[]): Ranked<T>[] {
  const sorted = users
    .filter(({ activeMs, afkMs }) => activeMs + afkMs > 0)
    .sort((a, b) => -compareRatios(a, b) || compareText(a.userName, b.userName));
  const ranked: Ranked<T>[] = [];
  for (const [index, user] of sorted.entries()) {
    const before = ranked.at(-1);
    const tied = before !== undefined && compareRatios(before, user) === 0;
    ranked.push({ ...user, rank: tied ? before.rank : index + 1 });
  }
  return ranked;
}

/** Exact: a/(a+f) < b/(b+g) just when a·g < b·f, whose products may be beyond what a double holds. */
function compareRatios(a: ActivityTotals, b: ActivityTotals): number {
  const left = BigInt(Math.round(a.activeMs)) * BigInt(Math.round(b.afkMs));
  const right = BigInt(Math.round(b.activeMs)) * BigInt(Math.round(a.afkMs));
  return left < right ? -1 : left > right ? 1 : 0;
}
