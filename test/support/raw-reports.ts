import type { Connection } from 'mongoose';
import type { Principal } from '../../src/common/auth/principal.js';
import type { EventSourcesService } from '../../src/modules/analytics/product/event-sources.service.js';
import { PropertyBreakdownsService } from '../../src/modules/analytics/product/properties/property-breakdowns.service.js';
import { PropertyCountsService } from '../../src/modules/analytics/product/properties/property-counts.service.js';
import { PropertyGroupsRepository } from '../../src/modules/analytics/product/properties/property-groups.repository.js';
import { RawEventSourceRepository } from '../../src/modules/analytics/product/raw/raw-event-source.repository.js';
import { RawEventSource, type RawEventOptions } from '../../src/modules/analytics/product/raw/raw-event-source.js';
import type { ProjectsService } from '../../src/modules/projects/projects.service.js';
import { ProductReportsService } from '../../src/modules/reports/product/product-reports.service.js';
import { PropertyReportsService } from '../../src/modules/reports/product/properties/property-reports.service.js';
import { ReportBreakdownsService } from '../../src/modules/reports/product/report-breakdowns.service.js';
import { ReportScopesService } from '../../src/modules/reports/product/report-scopes.service.js';
import type { SourcedReport } from '../../src/modules/reports/product/report-source.interceptor.js';

export interface ProjectSettings {
  timezone?: string;
  weekStart?: number;
}

/** The reports themselves, without the name of their source. */
export type Unwrapped<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => Promise<SourcedReport<infer R>>
    ? (...args: A) => Promise<R>
    : never;
};

export type RawReports = Unwrapped<ProductReportsService> & Unwrapped<PropertyReportsService>;

/** Scopes of projects that all have these settings; access is the business of ProjectsService. */
export function openScopes(settings: ProjectSettings = {}): ReportScopesService {
  const projects = {
    getReadable: (_: Principal, projectKey: string) =>
      Promise.resolve({ projectKey, name: 'Test', ownerId: 'u', createdAt: new Date(0), isActive: true, ...settings }),
  };
  return new ReportScopesService(projects as unknown as ProjectsService);
}

/** Opens raw events, whatever is asked for. */
export function openRawSources(connection: Connection): EventSourcesService {
  const repository = new RawEventSourceRepository(connection);
  const open = (projectKey: string, options: RawEventOptions) =>
    Promise.resolve(new RawEventSource(repository, projectKey, options));
  return { open } as unknown as EventSourcesService;
}

/** The reports on properties and those that raw events answer. */
export function openRawReports(connection: Connection, settings: ProjectSettings = {}): RawReports {
  const events = new RawEventSourceRepository(connection);
  const groups = new PropertyGroupsRepository(connection);
  const scopes = openScopes(settings);
  const breakdowns = new ReportBreakdownsService(new PropertyBreakdownsService(groups, events));
  return {
    ...unwrap(new ProductReportsService(scopes, openRawSources(connection), breakdowns)),
    ...unwrap(new PropertyReportsService(scopes, new PropertyCountsService(groups, events))),
  } as RawReports;
}

function unwrap(service: object): Record<string, unknown> {
  const methods = Object.getOwnPropertyNames(Object.getPrototypeOf(service)).filter((name) => name !== 'constructor');
  return Object.fromEntries(
    methods.map((name) => [
      name,
      async (...args: unknown[]) =>
        (await (service as Record<string, (...args: unknown[]) => Promise<SourcedReport<unknown>>>)[name]!(...args))
          .report,
    ]),
  );
}
