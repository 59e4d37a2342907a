import { listText, plural, sentence } from '../../../../infra/ai/words.js';
import { toPercent } from '../figures/rounding.js';
import type { Ranked } from '../ranking.js';
import { SEVERITIES, type Severity } from '../report-vocabulary.js';
import type { DayFigures } from '../user-figures.js';
import { appsOfDay, type NamedTime, type UserTotals } from '../user-totals.js';
import { durationText, nameText } from './phrases.js';

const HOUR_MS = 3_600_000;
const MOST_NAMES = 3;

/** The old web page marks a conclusion as critical by this word. */
export const CRITICAL = 'CRITICAL:';

export function dayText(day: DayFigures): string {
  if (day.dataQuality === 'no_data') return 'Nothing was tracked.';
  if (day.dataQuality === 'windows_only') return 'Windows were recorded, but not whether anyone was there.';
  const sentences = [`${sentence(presenceText(day))}.`];
  if (day.dataQuality === 'daily_metrics') sentences.push('Only the totals of this day are known, not its hours.');
  sentences.push(...mostUsedText(appsOfDay(day)), discrepanciesText(countBySeverity(day)));
  return sentences.join(' ');
}

/** A person's whole period. */
export function userText(totals: UserTotals): string {
  const name = nameText(totals.userName);
  if (totals.daysWithData === 0) return `Nothing was tracked for ${name}.`;
  const days = totals.days === 1 ? '' : `, on ${totals.daysWithData} of ${totals.days} days`;
  return [
    `${name} was ${presenceText(totals)}${days}.`,
    ...mostUsedText(totals.apps),
    discrepanciesText(totals.bySeverity),
  ].join(' ');
}

/** How the average of active hours a day compares with what is expected: the first sentence of every conclusion. */
export function verdictText(totals: UserTotals, expectedDailyHours: number): string {
  const average = `an average of ${durationText(totals.activeMs / totals.days)} of activity a day`;
  const expected = `the expected ${durationText(expectedDailyHours * HOUR_MS)}`;
  if (isBelowExpected(totals, expectedDailyHours)) return `${CRITICAL} ${average} is below ${expected}.`;
  return `${sentence(average)} meets ${expected}.`;
}

export function isBelowExpected({ activeMs, days }: UserTotals, expectedDailyHours: number): boolean {
  return activeMs < expectedDailyHours * HOUR_MS * days;
}

/** The rest of a conclusion. */
export function conclusionText({ bySeverity, daysWithData }: UserTotals): string {
  if (daysWithData === 0) return 'There is nothing to judge.';
  const grave = (['critical', 'high'] as const)
    .filter((severity) => bySeverity[severity] > 0)
    .map((severity) => `${bySeverity[severity]} ${severity}`);
  if (grave.length === 0) return 'No discrepancy is high or critical.';
  const count = bySeverity.critical + bySeverity.high;
  return `${listText(grave)} ${count === 1 ? 'discrepancy deserves' : 'discrepancies deserve'} a look.`;
}

/** One person within a ranking. */
export function rankText(user: Ranked<UserTotals>, ranked: readonly Ranked<UserTotals>[]): string {
  const shared = ranked.filter(({ rank }) => rank === user.rank).length > 1;
  const place = `${shared ? 'Shares rank' : 'Rank'} ${user.rank} of ${ranked.length}`;
  const share = `${percentText(user)} of ${durationText(user.activeMs + user.afkMs)} at or away from the computer`;
  return `${place}: active for ${share}. ${discrepanciesText(user.bySeverity)}`;
}

export function rankingText(users: readonly UserTotals[], ranked: readonly Ranked<UserTotals>[]): string {
  const unranked = users
    .filter(({ activeMs, afkMs }) => activeMs + afkMs === 0)
    .map(({ userName }) => nameText(userName));
  const missing = unranked.length === 0 ? [] : [`Without data, and so not ranked: ${shortList(unranked)}.`];
  if (ranked.length === 0) return ['Nobody can be ranked.', ...missing].join(' ');
  const [first, ...others] = ranked.map((user) => `${nameText(user.userName)} (${percentText(user)})`);
  const rest = others.length === 0 ? '' : `, followed by ${shortList(others)}`;
  return [`By share of active time ${first} comes first${rest}.`, ...missing].join(' ');
}

export function weekText(
  users: readonly UserTotals[],
  ranked: readonly Ranked<UserTotals>[],
  period: { startDate: string; endDate: string },
): string {
  const when = `From ${period.startDate} to ${period.endDate},`;
  const first = ranked[0];
  const last = ranked.at(-1);
  if (first === undefined || last === undefined) return `${when} nothing was tracked.`;
  const sum = (key: 'activeMs' | 'idleMs' | 'afkMs'): number => users.reduce((total, user) => total + user[key], 0);
  const presence = presenceText({ activeMs: sum('activeMs'), idleMs: sum('idleMs'), afkMs: sum('afkMs') });
  const people = ranked.length === 1 ? '1 person was' : `${ranked.length} people were`;
  const bySeverity = Object.fromEntries(
    SEVERITIES.map((severity) => [severity, users.reduce((total, user) => total + user.bySeverity[severity], 0)]),
  ) as Record<Severity, number>;
  const range =
    percentText(first) === percentText(last)
      ? sameShareText(ranked)
      : [
          `The share of active time ranged from ${percentText(last)} (${nameText(last.userName)}) to ` +
            `${percentText(first)} (${nameText(first.userName)}).`,
        ];
  return [`${when} ${people} ${presence}.`, ...range, discrepanciesText(bySeverity)].join(' ');
}

function sameShareText(ranked: readonly Ranked<UserTotals>[]): string[] {
  return ranked.length === 1 ? [] : [`All had the same share of active time, ${percentText(ranked[0]!)}.`];
}

/** One person's week, short: what distracted most. */
export function weekUserText(user: UserTotals): string {
  if (user.daysWithData === 0) return 'Nothing was tracked.';
  const distractions = user.distractions.slice(0, MOST_NAMES).map(timeText);
  const distracted = distractions.length === 0 ? 'No distractions.' : `Distracted by ${listText(distractions)}.`;
  return `${sentence(presenceText(user))}. ${distracted}`;
}

/** `active for 6 h 48 min, idle for 12 min and away for 1 h 37 min`; what is zero is left out, but for active. */
function presenceText({ activeMs, idleMs, afkMs }: { activeMs: number; idleMs: number; afkMs: number }): string {
  return listText([
    `active for ${durationText(activeMs)}`,
    ...(idleMs > 0 ? [`idle for ${durationText(idleMs)}`] : []),
    ...(afkMs > 0 ? [`away for ${durationText(afkMs)}`] : []),
  ]);
}

function mostUsedText(apps: readonly NamedTime[]): string[] {
  const named = apps.filter(({ name }) => nameText(name) !== '').slice(0, MOST_NAMES);
  return named.length === 0 ? [] : [`Most used: ${listText(named.map(timeText))}.`];
}

function timeText({ name, milliseconds }: NamedTime): string {
  return `${nameText(name)} (${durationText(milliseconds)})`;
}

function discrepanciesText(bySeverity: Readonly<Record<Severity, number>>): string {
  const count = SEVERITIES.reduce((sum, severity) => sum + bySeverity[severity], 0);
  if (count === 0) return 'No discrepancies.';
  const worst = SEVERITIES.findLast((severity) => bySeverity[severity] > 0)!;
  const all = plural(count, 'discrepancy', 'discrepancies');
  if (count === 1) return `${all}, of severity ${worst}.`;
  return bySeverity[worst] === count
    ? `${all}, all of severity ${worst}.`
    : `${all}, ${bySeverity[worst]} of them ${worst}.`;
}

function countBySeverity(day: DayFigures): Record<Severity, number> {
  const counts = { low: 0, medium: 0, high: 0, critical: 0 };
  for (const { severity } of day.discrepancies) counts[severity]++;
  return counts;
}

function percentText({ activeMs, afkMs }: { activeMs: number; afkMs: number }): string {
  return `${toPercent(activeMs, activeMs + afkMs) ?? 0} %`;
}

/** The first few and how many more. */
function shortList(names: readonly string[]): string {
  if (names.length <= MOST_NAMES + 1) return listText(names);
  return listText([...names.slice(0, MOST_NAMES), `${names.length - MOST_NAMES} more`]);
}
