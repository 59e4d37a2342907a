import type { ListedRepository } from '../client/github-answers.js';
import type { LocSource } from '../store/github-repository.entity.js';
import { estimateLines } from './estimate-lines.js';

export interface Lines {
  loc: number;
  locSource: LocSource | null;
  /** The commit to which the number belongs. */
  locOid: string | null;
}

/** Whether the lines of this commit are known as well as they can be. */
export function areLinesKnown(stored: Lines, headOid: string, canCount: boolean): boolean {
  return stored.locOid === headOid && (stored.locSource !== 'estimated' || !canCount);
}

/** By which it is remembered that a commit is too large to be counted; another limit may be large enough. */
export function uncountableMark(headOid: string, { cloneMaxMegabytes }: { cloneMaxMegabytes: number }): string {
  return `${headOid} ${cloneMaxMegabytes}`;
}

/** What to show where the lines of the head could not be counted: never an estimate in place of a number that was counted. */
export function linesWithoutCount(
  stored: Lines,
  headOid: string,
  { languages }: Pick<ListedRepository, 'languages'>,
): Lines {
  if (stored.locSource === 'counted' || stored.locSource === 'cloc') return stored;
  return { loc: estimateLines(languages), locSource: 'estimated', locOid: headOid };
}
