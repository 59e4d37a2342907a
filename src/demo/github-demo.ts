import type { SampleCommit, SampleProject } from '../modules/github/projects/sample-projects.service.js';
import { Random } from './random.js';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

interface Habit {
  name: string;
  language: string;
  isPrivate?: boolean;
  /** Days before the anchor on which it began and was last worked on. */
  begun: number;
  ended: number;
  /** Share of the days with work, and the commits of such a day on average. */
  busy: number;
  commits: number;
  authors: string[];
  bytesPerLine: number;
}

const HABITS: Habit[] = [
  {
    name: 'almanac',
    language: 'TypeScript',
    begun: 210,
    ended: 0,
    busy: 0.55,
    commits: 5,
    authors: ['ann', 'bob'],
    bytesPerLine: 38,
  },
  {
    name: 'field-notes',
    language: 'Python',
    begun: 330,
    ended: 2,
    busy: 0.25,
    commits: 3,
    authors: ['ann'],
    bytesPerLine: 41,
  },
  {
    name: 'tide-clock',
    language: 'Rust',
    begun: 120,
    ended: 9,
    busy: 0.4,
    commits: 4,
    authors: ['ann'],
    bytesPerLine: 35,
  },
  {
    name: 'dotfiles',
    language: 'Shell',
    begun: 360,
    ended: 21,
    busy: 0.05,
    commits: 1,
    authors: ['ann'],
    bytesPerLine: 30,
  },
  {
    name: 'invoice-robot',
    language: 'Python',
    isPrivate: true,
    begun: 95,
    ended: 40,
    busy: 0.5,
    commits: 6,
    authors: ['ann', 'cem'],
    bytesPerLine: 40,
  },
  {
    name: 'landing-page',
    language: 'HTML',
    begun: 60,
    ended: 33,
    busy: 0.3,
    commits: 2,
    authors: ['bob', 'ann'],
    bytesPerLine: 44,
  },
];

/** Repositories of a year as a developer may have them; the same for the same anchor (epoch milliseconds). */
export function generateRepositories(anchor: number): SampleProject[] {
  return HABITS.map((habit, i) => generateRepository(habit, new Random(7919 + i), anchor));
}

function generateRepository(habit: Habit, random: Random, anchor: number): SampleProject {
  const commits: SampleCommit[] = [];
  for (let back = habit.begun; back >= habit.ended; back -= 1) {
    // The first and the last day have work in any case.
    const isEnd = back === habit.begun || back === habit.ended;
    if (!isEnd && !random.chance(habit.busy)) continue;
    commits.push(...generateDay(habit, random, anchor - back * DAY_MS));
  }
  const kept = commits.filter(({ at }) => at <= anchor);
  const lines = Math.max(
    40,
    kept.reduce((sum, { additions, deletions }) => sum + additions - deletions, 0),
  );
  const { name, language, isPrivate = false } = habit;
  const sizeKb = Math.round((lines * habit.bytesPerLine * 2.5) / 1000);
  return { id: `demo-${name}`, owner: 'ann', name, language, isPrivate, sizeKb, loc: lines, commits: kept };
}

function generateDay(habit: Habit, random: Random, day: number): SampleCommit[] {
  const midnight = Math.floor(day / DAY_MS) * DAY_MS;
  const count = 1 + Math.floor(random.exponential(habit.commits - 0.5));
  let at = midnight + Math.round((8 + random.next() * 8) * HOUR_MS);
  return Array.from({ length: count }, () => {
    at += Math.round(random.exponential(0.6) * HOUR_MS);
    const additions = 1 + Math.round(random.exponential(30));
    const deletions = Math.min(additions - 1, Math.round(random.exponential(9)));
    return { at: Math.min(at, midnight + DAY_MS - 1), author: random.pick(habit.authors), additions, deletions };
  });
}
