import type { RefreshItemRow, RefreshJobRow } from '../store/refresh-jobs.repository.js';
import { RefreshPrinter } from './refresh-printer.js';

const JOB: RefreshJobRow = {
  id: 'j',
  status: 'running',
  createdAt: 0,
  startedAt: 0,
  completedAt: null,
  errorMessage: null,
  totalRepositories: 3,
  repositoriesProcessed: 1,
  currentShare: 500,
  rateRemaining: 4900,
  rateResetAt: 0,
  pointsUsed: 7,
  pausedUntil: null,
};

const item = (position: number, status: RefreshItemRow['status'], error: string | null = null): RefreshItemRow => ({
  position,
  repositoryId: `R${position}`,
  name: `ann/r${position}`,
  status,
  error,
});

function printer(isTTY: boolean) {
  let text = '';
  const write = (part: string | Uint8Array): boolean => {
    text += String(part);
    return true;
  };
  return { printer: new RefreshPrinter({ isTTY, write }), text: () => text };
}

describe('RefreshPrinter', () => {
  it('should draw a bar on a terminal', () => {
    const { printer: one, text } = printer(true);
    one.show({ job: JOB, items: [item(0, 'unchanged'), item(1, 'running'), item(2, 'queued')] });
    expect(text()).toContain('[############............] 50.0 % 1/3 ann/r1');
  });

  it('should write plain lines elsewhere, each repository once', () => {
    const { printer: one, text } = printer(false);
    one.show({ job: JOB, items: [item(0, 'unchanged'), item(1, 'running'), item(2, 'queued')] });
    one.show({ job: JOB, items: [item(0, 'unchanged'), item(1, 'updated'), item(2, 'failed', 'broken')] });
    const job = { ...JOB, status: 'partial' as const, errorMessage: 'ann/r2: broken' };
    const items = [item(0, 'unchanged'), item(1, 'updated'), item(2, 'failed', 'broken')];
    expect(one.end({ job, items })).toBe(2);
    expect(text().split('\n')).toEqual([
      'updated   ann/r1',
      'failed    ann/r2: broken',
      'GitHub: partial, 1 updated, 1 unchanged, 1 failed, 7 points',
      'ann/r2: broken',
      '',
    ]);
  });

  it('should say until when it pauses, once', () => {
    const { printer: one, text } = printer(false);
    const job = { ...JOB, pausedUntil: Date.parse('2026-01-15T04:00:01Z') };
    one.show({ job, items: [] });
    one.show({ job, items: [] });
    expect(text()).toBe('Pausing until 2026-01-15T04:00:01.000Z for GitHub\n');
  });

  it.each([
    ['completed', 0],
    ['failed', 1],
    ['partial', 2],
  ] as const)('should end with the exit code of %s', (status, code) => {
    expect(printer(false).printer.end({ job: { ...JOB, status }, items: [] })).toBe(code);
  });
});
