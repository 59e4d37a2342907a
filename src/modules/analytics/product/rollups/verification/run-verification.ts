import { NO_TIME_DAY, dayStart } from '../../day.js';
import type { DayVerdict, RollupVerificationService, Unusable } from './rollup-verification.service.js';

export interface VerificationOptions {
  /** Absent: all projects. */
  projectKey?: string;
  daysPerProject: number;
}

export interface VerificationOutcome {
  /** Differences in all. */
  total: number;
  /** Days that could not be compared because they went on changing. */
  unverified: number;
  /** By project: days that differ. */
  days: Map<string, number[]>;
}

/** The project that was asked for has neither events nor rollups. */
export class UnknownProjectError extends Error {
  constructor(projectKey: string) {
    super(`there is no project ${projectKey} with events or rollups`);
    this.name = UnknownProjectError.name;
  }
}

const SHOWN_DIFFERENCES = 10;
const REASONS: Record<Unusable, string> = {
  unbuilt: 'no rollups have been built',
  building: 'the rollups are being built',
  raw: 'too wide for rollups',
  dirty: 'all days are marked, to be made anew',
};

/**
 * Compares a sample of days of each project, and says a line for each day and one for the whole.
 * @throws UnknownProjectError
 */
export async function runVerification(
  verification: Pick<RollupVerificationService, 'isKnown' | 'listProjects' | 'listDays' | 'verify'>,
  { projectKey, daysPerProject }: VerificationOptions,
  say: (line: string) => void,
  random: () => number = Math.random,
): Promise<VerificationOutcome> {
  const outcome: VerificationOutcome = { total: 0, unverified: 0, days: new Map() };
  const compared = { days: 0, events: 0, projects: 0 };
  const skipped = new Map<Unusable, number>();
  if (projectKey !== undefined && !(await verification.isKnown(projectKey))) throw new UnknownProjectError(projectKey);
  say('project       day               events  result');
  for (const project of projectKey === undefined ? await verification.listProjects() : [projectKey]) {
    const days = await verification.listDays(project);
    if (typeof days === 'string') {
      say(`${project.padEnd(12)}  not compared: ${REASONS[days]}; reports read raw events`);
      skipped.set(days, (skipped.get(days) ?? 0) + 1);
      continue;
    }
    compared.projects++;
    for (const day of sample(days, daysPerProject, random)) {
      const verdict = await verification.verify(project, day);
      if (verdict.result === 'compared') {
        compared.days++;
        compared.events += verdict.events;
      }
      sayVerdict(project, verdict, say);
      count(outcome, project, verdict);
    }
  }
  for (const [reason, projects] of skipped) say(`${projects} projects were not compared: ${REASONS[reason]}`);
  if (outcome.unverified > 0) say(`${outcome.unverified} days changed all the time and were not compared; try again`);
  const scope = `${compared.days} days of ${compared.projects} projects, ${compared.events} events`;
  say(`${outcome.total} differences in ${scope}`);
  return outcome;
}

function count(outcome: VerificationOutcome, projectKey: string, { day, result, differences }: DayVerdict): void {
  if (result === 'changing') outcome.unverified++;
  if (differences.length === 0) return;
  outcome.total += differences.length;
  outcome.days.set(projectKey, [...(outcome.days.get(projectKey) ?? []), day]);
}

function sayVerdict(
  projectKey: string,
  { day, events, result, differences }: DayVerdict,
  say: (line: string) => void,
): void {
  const date = day === NO_TIME_DAY ? '(no time)' : new Date(dayStart(day)).toISOString().replace(/T.*/, '');
  const results = {
    compared: differences.length === 0 ? 'equal' : `${differences.length} differences`,
    raw: 'marked: reports read raw events',
    changing: 'not compared: it changed all the time',
  };
  say(`${projectKey.padEnd(12)}  ${date.padEnd(13)} ${String(events).padStart(10)}  ${results[result]}`);
  for (const difference of differences.slice(0, SHOWN_DIFFERENCES)) say(`    ${difference}`);
  if (differences.length > SHOWN_DIFFERENCES) say(`    and ${differences.length - SHOWN_DIFFERENCES} more`);
}

/** Some of the days at random, in order; all when there are no more. */
function sample(days: readonly number[], size: number, random: () => number): number[] {
  const rest = [...days];
  const chosen: number[] = [];
  while (rest.length > 0 && chosen.length < size) chosen.push(...rest.splice(Math.floor(random() * rest.length), 1));
  return chosen.sort((a, b) => a - b);
}
