import type { ProductivityConfig } from './app.config.js';
import type { EnvReader } from './env-reader.js';

export function readProductivity(reader: EnvReader): ProductivityConfig {
  const coreHours = {
    from: reader.integer('CORE_HOURS_START', 9, 0, 23),
    to: reader.integer('CORE_HOURS_END', 17, 1, 24),
  };
  if (coreHours.from >= coreHours.to) reader.problems.push('CORE_HOURS_START must be before CORE_HOURS_END');
  return {
    orgsAccess: reader.choice('REPORTS_ORG_ACCESS', ['claimed', 'any'], 'claimed'),
    cacheTtlSeconds: reader.integer('REPORT_CACHE_TTL', 86_400, 0, 31_536_000),
    expectedDailyHours: readHours(reader),
    coreHours,
    maxTasksPerUser: reader.integer('REPORT_MAX_TASKS_PER_USER', 3, 1, 1000),
    reportRetentionDays: reader.integer('REPORT_RETENTION_DAYS', 90, 1, 36_500),
  };
}

function readHours(reader: EnvReader): number {
  const raw = reader.text('EXPECTED_DAILY_HOURS');
  if (raw === undefined) return 6;
  const value = Number(raw);
  if (Number.isFinite(value) && value >= 0 && value <= 24) return value;
  reader.problems.push('EXPECTED_DAILY_HOURS must be a number from 0 to 24');
  return 6;
}
