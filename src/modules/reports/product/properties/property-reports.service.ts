import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../../common/auth/principal.js';
import {
  PropertyCountsService,
  type TextCount,
} from '../../../analytics/product/properties/property-counts.service.js';
import type { PropertyFilter } from '../../../analytics/product/properties/property-filter.js';
import type {
  ButtonClicksDto,
  ScreenViewsByHourDto,
  TopScreensDto,
  ViewItemsDto,
} from '../dto/property-reports.dto.js';
import type { ReportQuery } from '../dto/report.query.js';
import type { TopScreensQuery } from '../dto/top-screens.query.js';
import { clampLimit } from '../report-requests.js';
import { ReportScopesService } from '../report-scopes.service.js';
import type { SourcedReport } from '../report-source.interceptor.js';

const DEFAULT_TOP_SCREENS = 20;
const MAX_TOP_SCREENS = 100;
const MAX_ITEMS = 10_000;

const SCREEN_VIEWS = ['screen_view'];
const SCREEN = [{ path: ['screen_name'], missing: 'Unknown' }];
const BUTTON = [
  { path: ['button_id'], missing: 'unknown' },
  { path: ['button_text'], missing: 'Unknown' },
];
const ITEM = [
  { path: ['item_id'], missing: 'unknown' },
  { path: ['item_name'], missing: 'Unknown' },
];

/** Reports on what the properties of some well-known events say. Always from raw events. */
@Injectable()
export class PropertyReportsService {
  constructor(
    private readonly scopes: ReportScopesService,
    private readonly counts: PropertyCountsService,
  ) {}

  async topScreens(
    caller: Principal,
    query: TopScreensQuery,
    filters: readonly PropertyFilter[] = [],
  ): Promise<SourcedReport<TopScreensDto>> {
    const { projectKey, range } = await this.scopes.open(caller, query);
    const counts = await this.counts.countTexts({ projectKey, range, names: SCREEN_VIEWS, filters }, SCREEN);
    const items = mostFrequent(counts, clampLimit(query.limit, DEFAULT_TOP_SCREENS, MAX_TOP_SCREENS));
    return {
      source: 'raw',
      report: { projectKey, items: items.map(({ texts: [screenName = ''], count }) => ({ screenName, count })) },
    };
  }

  async buttonClicks(
    caller: Principal,
    query: ReportQuery,
    filters: readonly PropertyFilter[] = [],
  ): Promise<SourcedReport<ButtonClicksDto>> {
    const { projectKey, range } = await this.scopes.open(caller, query);
    const counts = await this.counts.countTexts({ projectKey, range, names: ['button_click'], filters }, BUTTON);
    const items = mostFrequent(counts, MAX_ITEMS).map(({ texts: [buttonId = '', buttonText = ''], count }) => ({
      buttonId,
      buttonText,
      count,
    }));
    return { source: 'raw', report: { projectKey, items } };
  }

  async viewItems(
    caller: Principal,
    query: ReportQuery,
    filters: readonly PropertyFilter[] = [],
  ): Promise<SourcedReport<ViewItemsDto>> {
    const { projectKey, range } = await this.scopes.open(caller, query);
    const counts = await this.counts.countTexts({ projectKey, range, names: ['view_item'], filters }, ITEM);
    const items = mostFrequent(counts, MAX_ITEMS).map(({ texts: [itemId = '', itemName = ''], count }) => ({
      itemId,
      itemName,
      count,
    }));
    return { source: 'raw', report: { projectKey, items } };
  }

  async screenViewsByHour(
    caller: Principal,
    query: ReportQuery,
    filters: readonly PropertyFilter[] = [],
  ): Promise<SourcedReport<ScreenViewsByHourDto>> {
    const { projectKey, range, timeZone } = await this.scopes.open(caller, query);
    const selection = { projectKey, range, names: SCREEN_VIEWS, filters };
    const counts = await this.counts.countTextsByHour(selection, SCREEN, timeZone);
    const items = mostFrequent(counts, MAX_ITEMS).map(({ texts: [screenName = ''], hour, count }) => ({
      screenName,
      hour,
      count,
    }));
    items.sort((a, b) => compare(a.screenName, b.screenName) || a.hour - b.hour);
    return { source: 'raw', report: { projectKey, items } };
  }
}

/** The highest counts first; equal ones by their texts, one after the other, and by the hour. */
function mostFrequent<T extends TextCount & { hour?: number }>(counts: readonly T[], limit: number): T[] {
  return [...counts]
    .sort((a, b) => b.count - a.count || compareTexts(a.texts, b.texts) || (a.hour ?? 0) - (b.hour ?? 0))
    .slice(0, limit);
}

function compareTexts(a: readonly string[], b: readonly string[]): number {
  const differs = a.findIndex((text, i) => text !== b[i]);
  return differs < 0 ? 0 : compare(a[differs]!, b[differs]!);
}

function compare(a: string, b: string): number {
  return a === b ? 0 : a < b ? -1 : 1;
}
