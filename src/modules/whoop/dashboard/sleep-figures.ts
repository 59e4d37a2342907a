import type { SleepRow } from '../records/whoop-rows.js';

/** Time asleep in milliseconds: light, slow wave and REM, not the time in bed. Null without stages. */
export function asleepMs({ lightMs, slowWaveMs, remMs }: Pick<SleepRow, 'lightMs' | 'slowWaveMs' | 'remMs'>) {
  return lightMs === null || slowWaveMs === null || remMs === null ? null : lightMs + slowWaveMs + remMs;
}
