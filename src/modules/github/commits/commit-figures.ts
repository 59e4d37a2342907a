import { codingSeconds, type SessionRule } from './coding-time.js';

const DAY_MS = 86_400_000;
const FIRST_CAPACITY = 16;

export interface CommitFacts {
  /** Epoch milliseconds. */
  committedAt: number;
  authoredAt: number;
  author: string;
  isMerge: boolean;
  additions: number | null;
  deletions: number | null;
}

export interface DayFigures {
  /** Days since 1970-01-01 (UTC). */
  day: number;
  commits: number;
  additions: number;
  deletions: number;
}

export interface CommitFigures {
  commitCount: number;
  firstCommitAt: number | null;
  activeDays: number;
  additions: number;
  deletions: number;
  /** Additions and deletions were told for every commit that is no merge. */
  isChurnComplete: boolean;
  codingSeconds: number;
  /** In order. */
  days: DayFigures[];
}

/**
 * The figures of a history, commit by commit. Days are UTC days of the committer's time, as the first and the last commit are.
 * Merges count as commits, not as churn: their lines are those of the commits that they join. Sessions go by the author's
 * time, which a rebase leaves as it was.
 */
export class CommitFiguresBuilder {
  private commitCount = 0;
  private first = Infinity;
  private isChurnComplete = true;
  private readonly days = new Map<number, DayFigures>();
  private readonly authors = new Map<string, Times>();

  add(commit: CommitFacts): void {
    this.commitCount += 1;
    this.first = Math.min(this.first, commit.committedAt);
    const number = Math.floor(commit.committedAt / DAY_MS);
    let day = this.days.get(number);
    if (day === undefined) this.days.set(number, (day = { day: number, commits: 0, additions: 0, deletions: 0 }));
    day.commits += 1;
    if (!commit.isMerge) {
      day.additions += commit.additions ?? 0;
      day.deletions += commit.deletions ?? 0;
      if (commit.additions === null) this.isChurnComplete = false;
    }
    let times = this.authors.get(commit.author);
    if (times === undefined) this.authors.set(commit.author, (times = new Times()));
    times.add(commit.authoredAt / 1000);
  }

  finish(rule: SessionRule): CommitFigures {
    const days = [...this.days.values()].sort((a, b) => a.day - b.day);
    let seconds = 0;
    for (const times of this.authors.values()) seconds += codingSeconds(times.values, rule);
    return {
      commitCount: this.commitCount,
      firstCommitAt: this.commitCount === 0 ? null : this.first,
      activeDays: days.length,
      additions: days.reduce((sum, day) => sum + day.additions, 0),
      deletions: days.reduce((sum, day) => sum + day.deletions, 0),
      isChurnComplete: this.isChurnComplete,
      codingSeconds: Math.round(seconds),
      days,
    };
  }
}

/** A list of numbers that takes eight bytes for each, since histories are long. */
class Times {
  private buffer = new Float64Array(FIRST_CAPACITY);
  private length = 0;

  get values(): Float64Array {
    return this.buffer.subarray(0, this.length);
  }

  add(value: number): void {
    if (this.length === this.buffer.length) {
      const larger = new Float64Array(this.length * 2);
      larger.set(this.buffer);
      this.buffer = larger;
    }
    this.buffer[this.length] = value;
    this.length += 1;
  }
}
