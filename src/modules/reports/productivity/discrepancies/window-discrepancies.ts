import type { CategoryTable } from '../../../../common/categories/category-table.js';
import type { EventLoopTurns } from '../../../../common/event-loop-turns.js';
import type { ActivityColumns } from '../figures/activity-columns.js';
import { NO_GROUP, timeOfGroups } from '../figures/grouped-time.js';
import { between, NO_TIME, type Intervals } from '../figures/intervals.js';
import type { ReportCalendar } from '../figures/report-calendar.js';
import type { DistractionType } from './app-table.js';
import { distractionsByDay } from './distractions.js';
import type { Discrepancy } from './discrepancy.js';
import { lowProductivityApps } from './low-productivity-apps.js';
import { mayBeUnchanged, otherWindows, unchangedWindow } from './suspicious-pattern.js';
import { judgeWindow, type WindowJudgement } from './window-judgement.js';

interface Subject {
  name: string;
  type: DistractionType | null;
}

/** Discrepancies that windows tell of, for each day of the report, in no order. */
export async function windowDiscrepancies(
  columns: ActivityColumns,
  active: Intervals,
  calendar: ReportCalendar,
  categories: CategoryTable,
  turns: EventLoopTurns,
): Promise<Discrepancy[][]> {
  const byDay: Discrepancy[][] = calendar.days.map(() => []);
  const judgements: WindowJudgement[] = [];
  for (const { app, title, ending } of columns.windowNames) {
    judgements.push(judgeWindow(columns.apps[app]!, title + ending, categories));
    await turns.give();
  }
  const subjects = await timeOfSubjects(columns, judgements, active, turns);
  for (const { subject, time, workTime } of subjects.filter(isDistraction)) {
    const app = { subject: subject.name, type: subject.type, time, workTime };
    distractionsByDay(calendar, app).forEach((found, day) => byDay[day]!.push(...found));
    await turns.give();
  }
  const lowTime = await timeOfLowProductivity(columns, judgements, active, turns);
  calendar.days.forEach((day, index) => {
    const ofDay = (time: Intervals): Intervals => between(time, day.from, day.toExclusive);
    const lows = subjects
      .filter(({ subject }) => subject.type === null)
      .map(({ subject, time }) => ({ subject: subject.name, time: ofDay(time) }));
    byDay[index]!.push(...lowProductivityApps(ofDay(lowTime), lows));
  });
  await findUnchangedWindows(columns, active, calendar, byDay, turns);
  return byDay;
}

interface SubjectTime<S extends Subject = Subject> {
  subject: S;
  time: Intervals;
  workTime: Intervals;
}

function isDistraction(entry: SubjectTime): entry is SubjectTime<Subject & { type: DistractionType }> {
  return entry.subject.type !== null;
}

/** Of every app and site that a rule is about: the time while active, and the part of it that spoke of work. */
async function timeOfSubjects(
  columns: ActivityColumns,
  judgements: readonly WindowJudgement[],
  active: Intervals,
  turns: EventLoopTurns,
): Promise<SubjectTime[]> {
  const subjects: Subject[] = [];
  const numbers = new Map<string, number>();
  const numberOf = judgements.map((judgement) => {
    if (judgement.subject === null || (judgement.type === null && !isLowProductivity(judgement))) return NO_GROUP;
    const key = JSON.stringify([judgement.subject, judgement.type]);
    const number = numbers.get(key) ?? subjects.push({ name: judgement.subject, type: judgement.type }) - 1;
    numbers.set(key, number);
    return number;
  });
  const windows = columns.windowIndexes();
  const groups = Uint32Array.from(windows, (window) => numberOf[window]!);
  const work = Uint32Array.from(windows, (window) => (judgements[window]!.workContext ? numberOf[window]! : NO_GROUP));
  const times = subjects.map((subject) => ({ subject, time: NO_TIME, workTime: NO_TIME }));
  for await (const { group, time } of timeOfGroups(columns.windows, groups, subjects.length, active, turns)) {
    times[group]!.time = time;
  }
  for await (const { group, time } of timeOfGroups(columns.windows, work, subjects.length, active, turns)) {
    times[group]!.workTime = time;
  }
  return times;
}

function isLowProductivity({ type, category }: WindowJudgement): boolean {
  return type === null && (category === 'entertainment' || category === 'shopping');
}

async function timeOfLowProductivity(
  columns: ActivityColumns,
  judgements: readonly WindowJudgement[],
  active: Intervals,
  turns: EventLoopTurns,
): Promise<Intervals> {
  const low = Uint32Array.from(columns.windowIndexes(), (window) =>
    isLowProductivity(judgements[window]!) ? 0 : NO_GROUP,
  );
  for await (const { time } of timeOfGroups(columns.windows, low, 1, active, turns)) return time;
  return NO_TIME;
}

async function findUnchangedWindows(
  columns: ActivityColumns,
  active: Intervals,
  calendar: ReportCalendar,
  byDay: Discrepancy[][],
  turns: EventLoopTurns,
): Promise<void> {
  const windows = columns.windowIndexes();
  const names = columns.windowNames;
  for await (const { group, time } of timeOfGroups(columns.windows, windows, names.length, active, turns)) {
    if (!mayBeUnchanged(time)) continue;
    for (const [index, day] of calendar.days.entries()) {
      const ofDay = between(time, day.from, day.toExclusive);
      if (!mayBeUnchanged(ofDay)) continue;
      const others = otherWindows(columns.windows, windows, group, day.from, day.toExclusive);
      const name = names[group]!;
      byDay[index]!.push(...unchangedWindow(ofDay, others, name, columns.apps[name.app]!));
      await turns.give();
    }
  }
}
