import { newProgress, type KindProgress } from './sync-progress.js';
import { SyncPrinter } from './sync-printer.js';
import { startsOfDays } from './sync-window.js';
import type { SyncRunRow } from './whoop-sync-runs.repository.js';

function runOf(changes: Partial<SyncRunRow>, sleep: Partial<KindProgress> = {}): SyncRunRow {
  const progress = newProgress(0, startsOfDays(365, 0));
  Object.assign(progress.kinds.sleep, sleep);
  return {
    id: 'x',
    type: 'command',
    days: 365,
    status: 'running',
    startedAt: 0,
    endedAt: null,
    progress,
    recordsSynced: 0,
    errorMessage: null,
    errorCode: null,
    ...changes,
  };
}

function printed(isTTY: boolean, use: (printer: SyncPrinter) => void): string {
  let text = '';
  const write = (chunk: string | Uint8Array) => {
    text += String(chunk);
    return true;
  };
  use(new SyncPrinter({ isTTY, write }));
  return text;
}

describe('SyncPrinter', () => {
  it('should draw a bar on a terminal', () => {
    const text = printed(true, (printer) => printer.show(runOf({}, { status: 'completed', new: 412 })));
    expect(text).toBe('\r\x1b[K[######..................] 25 % sleep 412, cycles 0, recovery 0, workouts 0');
  });

  it('should write a plain line for each kind elsewhere, once', () => {
    const text = printed(false, (printer) => {
      for (let i = 0; i < 3; i++) printer.show(runOf({}, { status: 'completed', new: 2, unchanged: 1 }));
    });
    expect(text).toBe('sleep: completed, 3 records\n');
  });

  it.each([
    ['completed', 0],
    ['failed', 1],
    ['partial', 2],
  ] as const)('should end %s with exit code %i', (status, code) => {
    let exit: number | undefined;
    const text = printed(false, (printer) => {
      exit = printer.end(runOf({ status, recordsSynced: 5, errorMessage: status === 'completed' ? null : 'why' }));
    });
    expect(exit).toBe(code);
    expect(text).toBe(`WHOOP: ${status}, 5 records\n${status === 'completed' ? '' : 'why\n'}`);
  });
});
