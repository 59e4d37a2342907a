import { ProgressLine } from '../../../common/progress-line.js';
import type { EndStatus } from '../store/github-refresh.entity.js';
import { progressOf } from './refresh-progress.js';
import type { Refresh } from './refresh.service.js';

const BAR_WIDTH = 24;
const SETTLED = ['updated', 'unchanged', 'skipped', 'partial', 'failed'];

/** What a shell is told. `partial` is neither. */
export const EXIT_CODES: Record<EndStatus, number> = { completed: 0, failed: 1, partial: 2 };

type Output = ConstructorParameters<typeof ProgressLine>[0];

/** Tells a terminal, or a log, how a refresh goes on: a bar there, plain lines elsewhere. */
export class RefreshPrinter {
  private readonly bar: ProgressLine;
  private readonly told = new Set<number>();
  private pausedUntil: number | null = null;

  constructor(private readonly output: Output) {
    this.bar = new ProgressLine(output);
  }

  show(refresh: Refresh): void {
    const { job } = refresh;
    if (job.pausedUntil !== this.pausedUntil) {
      this.pausedUntil = job.pausedUntil;
      if (job.pausedUntil !== null) this.line(`Pausing until ${new Date(job.pausedUntil).toISOString()} for GitHub`);
    }
    if (this.output.isTTY) this.bar.show(barOf(refresh));
    else this.tellSettled(refresh);
  }

  /** The last words. @returns the exit code */
  end(refresh: Refresh): number {
    const { job, items } = refresh;
    if (this.output.isTTY) {
      this.bar.show(barOf(refresh));
      this.bar.end();
    } else this.tellSettled(refresh);
    const count = (status: string) => items.filter((item) => item.status === status).length;
    const counts = SETTLED.filter((status) => count(status) > 0).map((status) => `${count(status)} ${status}`);
    const points = `${job.pointsUsed} ${job.pointsUsed === 1 ? 'point' : 'points'}`;
    this.line(`GitHub: ${[job.status, ...counts, points].join(', ')}`);
    if (job.errorMessage !== null) this.line(job.errorMessage);
    return EXIT_CODES[job.status as EndStatus] ?? 1;
  }

  private tellSettled({ items }: Refresh): void {
    for (const { position, name, status, error } of items) {
      if (this.told.has(position) || !SETTLED.includes(status)) continue;
      this.told.add(position);
      // What did not change is most of it, and is counted at the end.
      if (status !== 'unchanged') this.line(`${status.padEnd(9)} ${name}${error === null ? '' : `: ${error}`}`);
    }
  }

  private line(text: string): void {
    if (this.output.isTTY) this.output.write('\r\x1b[K');
    this.output.write(`${text}\n`);
  }
}

function barOf({ job, items }: Refresh): string {
  const percent = progressOf(job);
  const filled = Math.round((percent / 100) * BAR_WIDTH);
  const current = items.find(({ status }) => status === 'running')?.name ?? '';
  const counts = `${job.repositoriesProcessed}/${job.totalRepositories ?? '?'}`;
  const bar = '#'.repeat(filled).padEnd(BAR_WIDTH, '.');
  return `[${bar}] ${percent.toFixed(1)} % ${counts} ${current}`.trimEnd();
}
