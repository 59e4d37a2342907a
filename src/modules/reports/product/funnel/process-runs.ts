import { median, percentile } from '../figures/order-statistics.js';
import { extended } from '../figures/typed-columns.js';

/** Age after which a run without an end counts as abandoned when the funnel has no window of its own. */
export const DEFAULT_PROCESS_WINDOW_MS = 24 * 3_600_000;

const FIRST_CAPACITY = 256;

export interface ProcessFigures {
  /** Runs with a START. */
  started: number;
  /** Of them those with an END at or after it. */
  ended: number;
  /** Without one, and the window is over. */
  abandoned: number;
  /** Without one, and the window is not over. */
  inProgress: number;
  /** From the first START to the first END at or after it; `null` when no run ended. */
  medianSeconds: number | null;
  p95Seconds: number | null;
}

/** Follows the runs of a process through its START and END events, which come in order of time. */
export class ProcessRuns {
  private readonly indexOf = new Map<string, number>();
  private startedAt = new Float64Array(FIRST_CAPACITY);
  private endedAt = new Float64Array(FIRST_CAPACITY);

  /** `startsBefore`: later runs do not count, only ends of earlier ones. */
  constructor(private readonly startsBefore = Infinity) {}

  add(processId: string, step: 'START' | 'END', time: number): void {
    if (step === 'START' && time >= this.startsBefore) return;
    const index = this.indexFor(processId);
    const hasStarted = !Number.isNaN(this.startedAt[index]!);
    // An END before the START does not count, but one of the same millisecond does: until the START it is kept.
    if (step === 'END') {
      const isOpen = !hasStarted || Number.isNaN(this.endedAt[index]!);
      if (isOpen) this.endedAt[index] = time;
    } else if (!hasStarted) {
      this.startedAt[index] = time;
      if (this.endedAt[index] !== time) this.endedAt[index] = NaN;
    }
  }

  /** `now`: the time of the report; `windowMs`: a run without an end is in progress for so long, inclusive. */
  figures(now: number, windowMs: number): ProcessFigures {
    const seconds = new Float64Array(this.indexOf.size);
    let started = 0;
    let ended = 0;
    let inProgress = 0;
    for (let i = 0; i < this.indexOf.size; i++) {
      const start = this.startedAt[i]!;
      if (Number.isNaN(start)) continue;
      started++;
      const end = this.endedAt[i]!;
      if (!Number.isNaN(end)) seconds[ended++] = (end - start) / 1000;
      else if (now <= start + windowMs) inProgress++;
    }
    return {
      started,
      ended,
      abandoned: started - ended - inProgress,
      inProgress,
      medianSeconds: median(seconds, ended),
      p95Seconds: percentile(seconds, 0.95, ended),
    };
  }

  private indexFor(processId: string): number {
    const known = this.indexOf.get(processId);
    if (known !== undefined) return known;
    const index = this.indexOf.size;
    if (index === this.startedAt.length) {
      this.startedAt = extended(this.startedAt, new Float64Array(index * 2));
      this.endedAt = extended(this.endedAt, new Float64Array(index * 2));
    }
    this.startedAt[index] = NaN;
    this.endedAt[index] = NaN;
    this.indexOf.set(processId, index);
    return index;
  }
}
