import { Injectable } from '@nestjs/common';
import type { Principal } from '../../../common/auth/principal.js';
import { lastLocalDays, type Span } from '../../../common/time/calendar.js';
import { Clock } from '../../../common/time/clock.js';
import { AccountsService } from '../../auth/accounts.service.js';
import type { UserSettings } from '../../auth/user-settings.js';
import {
  BrowserAnalyticsService,
  type Dashboard,
  type Patterns,
  type Productivity,
  type TimeSpent,
} from './browser-analytics.service.js';
import type { GapPolicy } from './gap-policy.js';

export interface PeriodRequest {
  /** Local calendar days that end today. */
  days: number;
  /** IANA; else the user's, else UTC. */
  timeZone?: string;
}

interface Period {
  span: Span;
  timeZone: string;
  settings: UserSettings;
}

/** The reports that a signed-in user asks for, over the last days of their own calendar. */
@Injectable()
export class BrowserReportsService {
  constructor(
    private readonly analytics: BrowserAnalyticsService,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
  ) {}

  async dashboard(caller: Principal, request: PeriodRequest): Promise<Dashboard & { span: Span; days: number }> {
    const { span, timeZone } = await this.periodOf(caller, request);
    return { ...(await this.analytics.dashboard(caller.userId, span, timeZone)), span, days: request.days };
  }

  async timeSpent(caller: Principal, request: PeriodRequest & { gap: GapPolicy }): Promise<TimeSpent> {
    const { span, settings } = await this.periodOf(caller, request);
    return this.analytics.timeSpent(caller.userId, span, settings, request.gap);
  }

  async productivity(caller: Principal, request: PeriodRequest & { gap: GapPolicy }): Promise<Productivity> {
    const { span, settings } = await this.periodOf(caller, request);
    return this.analytics.productivity(caller.userId, span, settings, request.gap);
  }

  async patterns(caller: Principal, request: PeriodRequest): Promise<Patterns> {
    const { span, timeZone } = await this.periodOf(caller, request);
    return this.analytics.patterns(caller.userId, span, timeZone);
  }

  // Read anew for each report: a setting that was changed counts from the next one on, on every replica.
  private async periodOf(caller: Principal, { days, timeZone }: PeriodRequest): Promise<Period> {
    const settings = await this.accounts.settingsOf(caller.userId);
    const zone = timeZone ?? settings.timezone ?? 'UTC';
    return { span: lastLocalDays(days, this.clock.now(), zone), timeZone: zone, settings };
  }
}
