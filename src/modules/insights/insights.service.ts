import { Injectable } from '@nestjs/common';
import type { Principal } from '../../common/auth/principal.js';
import { dateOf, datesEnding } from '../../common/time/calendar.js';
import { Clock } from '../../common/time/clock.js';
import { AccountsService } from '../auth/accounts.service.js';
import { BrowsingFiguresService, type Browsing, type DateRange } from './browsing-figures.service.js';
import type { InsightKind, InsightRow, InsightSubject } from './insight-row.js';
import { InsightTexts, type Texts } from './insight-texts.service.js';
import { InsightsRepository } from './insights.repository.js';
import { dayTemplate } from './narratives/day-template.js';
import { daysTemplate } from './narratives/days-template.js';
import { weekTemplate } from './narratives/week-template.js';

const WEEK = 7;

export interface Told<F extends string> extends Browsing, Texts<F> {
  range: DateRange;
}

/** What a signed-in user is told about their own browsing. */
@Injectable()
export class InsightsService {
  constructor(
    private readonly browsing: BrowsingFiguresService,
    private readonly texts: InsightTexts,
    private readonly repository: InsightsRepository,
    private readonly accounts: AccountsService,
    private readonly clock: Clock,
  ) {}

  /** @param date local, `YYYY-MM-DD`; else today. */
  async summarizeDay(
    caller: Principal,
    date: string | undefined,
    timeZone: string | undefined,
  ): Promise<Told<'summary'>> {
    const read = await this.read(caller, timeZone, (today) => ({ from: date ?? today, to: date ?? today }));
    const template = { summary: dayTemplate(read.figures) };
    return this.tell(caller, 'daily_summary', 'daily-summary', read, template, { summary: 'summary' });
  }

  /** @param days local calendar days that end today. */
  async tellOfDays(caller: Principal, days: number, timeZone: string | undefined): Promise<Told<'insights'>> {
    const read = await this.read(caller, timeZone, (today) => datesEnding(today, days));
    const template = { insights: daysTemplate(read.figures) };
    return this.tell(caller, 'productivity_insights', 'productivity-insights', read, template, {
      insights: 'insights',
    });
  }

  /** Of the seven local calendar days that end today. */
  async reportWeek(
    caller: Principal,
    timeZone: string | undefined,
  ): Promise<Told<'summary' | 'highlights' | 'recommendations'>> {
    const read = await this.read(caller, timeZone, (today) => datesEnding(today, WEEK));
    const types = { summary: 'summary', highlights: 'highlight', recommendations: 'recommendation' } as const;
    return this.tell(caller, 'weekly_report', 'weekly-report', read, { ...weekTemplate(read.figures) }, types);
  }

  /** The newest first. */
  async history(caller: Principal, limit: number): Promise<InsightRow[]> {
    return this.repository.list(caller.userId, limit);
  }

  private async read(
    caller: Principal,
    timeZone: string | undefined,
    rangeOf: (today: string) => DateRange,
  ): Promise<Browsing & { range: DateRange; zone: string }> {
    const settings = await this.accounts.settingsOf(caller.userId);
    const zone = timeZone ?? settings.timezone ?? 'UTC';
    const today = dateOf(this.clock.now(), zone);
    const range = rangeOf(today);
    const browsing = await this.browsing.of(caller.userId, range, settings, zone, range.to < today);
    return { ...browsing, range, zone };
  }

  private async tell<F extends string>(
    { userId }: Principal,
    kind: InsightKind,
    prompt: string,
    { zone, range, ...browsing }: Browsing & { range: DateRange; zone: string },
    template: Record<F, string | string[]>,
    types: Parameters<InsightTexts['tell']>[0]['types'],
  ): Promise<Told<F>> {
    // Where nothing happened there is nothing to be worded, nor to be remembered.
    const { figures } = browsing;
    if (figures.eventCount === 0) return { ...browsing, range, fields: template, narrative: { source: 'template' } };
    const subject: InsightSubject = { kind, ...range, timeZone: zone };
    const countEvents = (): Promise<number> => this.browsing.countEvents(userId, browsing.span);
    const told = await this.texts.tell<F>({ userId, subject, prompt, figures, template, types, countEvents });
    return { ...browsing, range, ...told };
  }
}
