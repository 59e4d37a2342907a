import { Injectable } from '@nestjs/common';
import { Clock } from '../../../common/time/clock.js';
import { WhoopLinksService } from '../grant/whoop-links.service.js';
import { WhoopRecordsRepository, type DateRange } from '../records/whoop-records.repository.js';
import type { ProfileRow, RecordKind, RecordRows } from '../records/whoop-rows.js';
import { NoWhoopDataError, NoWhoopProfileError } from '../whoop.errors.js';
import { dateRange, daysBetween, type DateRangeRequest } from './date-range.js';
import { periodFigures, type PeriodFigures } from './whoop-metrics-figures.js';

const DEFAULT_DAYS = 7;
export const METRICS_DAYS = 30;

export interface ProfileAnswer {
  profile: ProfileRow;
  source: 'cache' | 'api';
  note?: string;
}

/** What is stored of the member, whether or not WHOOP can be reached. */
@Injectable()
export class WhoopDashboardService {
  constructor(
    private readonly records: WhoopRecordsRepository,
    private readonly links: WhoopLinksService,
    private readonly clock: Clock,
  ) {}

  async list<K extends Exclude<RecordKind, 'sleep'>>(kind: K, request: DateRangeRequest): Promise<RecordRows[K][]> {
    const memberId = await this.memberId();
    return this.records.list(memberId, kind, await this.range(memberId, request));
  }

  async listSleeps(request: DateRangeRequest, includeNaps: boolean): Promise<RecordRows['sleep'][]> {
    const memberId = await this.memberId();
    const range = await this.range(memberId, request);
    return includeNaps ? this.records.list(memberId, 'sleep', range) : this.records.listMainSleeps(memberId, range);
  }

  /** @throws NoWhoopDataError */
  async latestRecovery(): Promise<RecordRows['recovery']> {
    const latest = await this.records.findLatestRecovery(await this.memberId());
    if (latest === null) throw new NoWhoopDataError('recovery');
    return latest;
  }

  /** No nap. @throws NoWhoopDataError */
  async latestSleep(): Promise<RecordRows['sleep']> {
    const latest = await this.records.findLatestMainSleep(await this.memberId());
    if (latest === null) throw new NoWhoopDataError('sleep');
    return latest;
  }

  async metrics(request: DateRangeRequest): Promise<{ days: number; figures: PeriodFigures }> {
    const memberId = await this.memberId();
    const range = await this.range(memberId, request, METRICS_DAYS);
    const period = await this.records.listFigures(memberId, range);
    const dates = Object.values(period).flatMap((records: readonly { date: string }[]) =>
      records.map(({ date }) => date),
    );
    dates.sort();
    const days = daysBetween(range.from ?? dates[0], range.to ?? dates.at(-1));
    return { days, figures: periodFigures(period) };
  }

  /** From WHOOP when that is wished and possible, else as it was last. @throws NoWhoopProfileError, or what WHOOP's refusal is */
  async profile(refresh: boolean): Promise<ProfileAnswer> {
    const { memberId, isLinked } = await this.links.state();
    const cached = memberId === null ? null : await this.records.findProfile(memberId);
    if (!isLinked || (cached !== null && !refresh)) {
      if (cached === null) throw new NoWhoopProfileError();
      return { profile: cached, source: 'cache', ...(refresh && { note: 'Whoop API not configured; as it was last' }) };
    }
    try {
      return { profile: await this.links.refreshProfile({ priority: 'interactive' }), source: 'api' };
    } catch (error) {
      if (cached === null) throw error;
      return { profile: cached, source: 'cache', note: 'WHOOP could not be asked; as it was last' };
    }
  }

  /** Whose records are shown; an empty id has none. */
  async memberId(): Promise<string> {
    return (await this.links.state()).memberId ?? '';
  }

  private async range(memberId: string, request: DateRangeRequest, defaultDays = DEFAULT_DAYS): Promise<DateRange> {
    const offset = (await this.records.findLatestOffset(memberId)) ?? 'Z';
    return dateRange(request, defaultDays, offset, this.clock.now());
  }
}
