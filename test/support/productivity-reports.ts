import type { Clock } from '../../src/common/time/clock.js';
import type { ActivitySource } from '../../src/modules/activity/activity-points.js';
import type {
  KeptFields,
  NarrationsRepository,
} from '../../src/modules/reports/productivity/narrative/narrations.repository.js';
import { ReportNarrator } from '../../src/modules/reports/productivity/narrative/report-narrator.service.js';
import type { ProductivityReportRequest } from '../../src/modules/reports/productivity/productivity-report.js';
import { ProductivityReportService } from '../../src/modules/reports/productivity/productivity-report.service.js';
import type { AccountsService } from '../../src/modules/auth/accounts.service.js';
import type { UserSettings } from '../../src/modules/auth/user-settings.js';
import type { NarrationService } from '../../src/infra/ai/narration.service.js';

export const REPORT_CONFIG = {
  orgsAccess: 'claimed',
  cacheTtlSeconds: 86_400,
  expectedDailyHours: 6,
  coreHours: { from: 9, to: 17 },
  maxTasksPerUser: 3,
  reportRetentionDays: 90,
} as const;

/** Says what it is given as template. */
export const noModel = {
  modelName: () => null,
  promptVersion: (prompt: string) => `${prompt}-test`,
  narrate: (request: { template: object; prompt: string }) =>
    Promise.resolve({ fields: request.template, narrative: { source: 'template' }, final: true, promptVersion: '' }),
} as unknown as NarrationService;

/** Accounts with these settings; by default nobody has any. */
export function accountsWith(settings: Record<string, UserSettings> = {}): AccountsService {
  return { settingsOf: (userId: string) => Promise.resolve(settings[userId] ?? {}) } as unknown as AccountsService;
}

/** Keeps in memory what models wrote. */
export function keptNarrations(): NarrationsRepository {
  const kept = new Map<string, KeptFields>();
  return {
    find: (userId: string | null, key: string) => Promise.resolve(kept.get(`${userId}:${key}`) ?? null),
    keep: (userId: string | null, key: string, fields: KeptFields) => {
      kept.set(`${userId}:${key}`, fields);
      return Promise.resolve();
    },
  } as unknown as NarrationsRepository;
}

export function reportService(
  source: ActivitySource,
  narration: NarrationService = noModel,
  kept: NarrationsRepository = keptNarrations(),
  accounts: AccountsService = accountsWith(),
): ProductivityReportService {
  const clock: Clock = { now: () => Date.parse('2025-11-24T07:00:00.000Z') };
  return new ProductivityReportService(
    source,
    accounts,
    new ReportNarrator(narration, kept, clock),
    clock,
    REPORT_CONFIG,
  );
}

export function reportRequest(changes: Partial<ProductivityReportRequest> = {}): ProductivityReportRequest {
  return {
    org: 'Turbo',
    users: [{ name: 'ben' }],
    startDate: '2025-11-17',
    endDate: '2025-11-17',
    timeZone: 'UTC',
    weekly: false,
    userId: 'u1',
    ...changes,
  };
}
