import { Injectable } from '@nestjs/common';
import type { Category } from '../../../common/categories/category.js';
import type { Span } from '../../../common/time/calendar.js';
import type { UserSettings } from '../../auth/user-settings.js';

/** What a stretch without any signal counts: up to 30 minutes of it, or nothing. */
export const GAP_POLICIES = ['cap', 'drop'] as const;
export type GapPolicy = (typeof GAP_POLICIES)[number];

export interface DomainTime {
  domain: string;
  category: Category;
  /** Exact. */
  ms: number;
  /** Rounded to 2 decimals, as every other figure of minutes here. */
  minutes: number;
}

export interface TimeSpent {
  /** All of them, the most time first. */
  domains: DomainTime[];
  totalMs: number;
  totalMinutes: number;
  gapPolicy: GapPolicy;
}

/** Events count only when they have a domain. Percentages are 0 to 100 and, as the scores, have 2 decimals. */
export interface Productivity {
  score: number;
  productiveEvents: number;
  socialEvents: number;
  totalEvents: number;
  productivePercentage: number;
  socialPercentage: number;
  productiveMinutes: number;
  socialMinutes: number;
  neutralMinutes: number;
  totalMinutes: number;
  timeScore: number;
}

/** `null` where there is no event. */
export interface Patterns {
  /** 0 to 23, local. */
  peakHour: { hour: number; count: number } | null;
  /** 1 Sunday to 7 Saturday, local. */
  peakDay: { day: number; count: number } | null;
}

export interface DomainCount {
  domain: string;
  count: number;
}

/** What one user's browsing adds up to. A span is `[from, toExclusive)` in epoch milliseconds, `settings` are the user's. */
@Injectable()
export class BrowserAnalyticsService {
  async timeSpent(_userId: string, _span: Span, _settings: UserSettings, _gap: GapPolicy = 'cap'): Promise<TimeSpent> {
    throw new Error('not built yet');
  }

  async productivity(
    _userId: string,
    _span: Span,
    _settings: UserSettings,
    _gap: GapPolicy = 'cap',
  ): Promise<Productivity> {
    throw new Error('not built yet');
  }

  async patterns(_userId: string, _span: Span, _timeZone: string): Promise<Patterns> {
    throw new Error('not built yet');
  }

  /** All events, also those without a domain. */
  async eventCount(_userId: string, _span: Span): Promise<number> {
    throw new Error('not built yet');
  }

  /** The most events first. */
  async topDomains(_userId: string, _span: Span, _limit: number): Promise<DomainCount[]> {
    throw new Error('not built yet');
  }

  /** Changes whenever an answer about the span may change: late, new and deleted events. */
  async dataVersion(_userId: string, _span: Span): Promise<string> {
    throw new Error('not built yet');
  }
}
