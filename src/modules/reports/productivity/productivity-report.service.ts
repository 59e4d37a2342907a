import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { CategoryTable } from '../../../common/categories/category-table.js';
import { EventLoopTurns } from '../../../common/event-loop-turns.js';
import { Clock } from '../../../common/time/clock.js';
import { PRODUCTIVITY_CONFIG, type ProductivityConfig } from '../../../config/app.config.js';
import { ActivityService } from '../../activity/activity.service.js';
import type { ActivityUser, DailyMetricsPoint } from '../../activity/activity-points.js';
import { AccountsService } from '../../auth/accounts.service.js';
import type { UserSettings } from '../../auth/user-settings.js';
import type { ReportedUserDto } from './dto/productivity-report.dto.js';
import { ActivityColumns } from './figures/activity-columns.js';
import { compareText } from './figures/compare-text.js';
import { reportCalendar, type ReportCalendar } from './figures/report-calendar.js';
import { ReportNarrator } from './narrative/report-narrator.service.js';
import type {
  BuildOptions,
  BuiltReport,
  ProductivityReport,
  ProductivityReportRequest,
  ReportVersion,
} from './productivity-report.js';
import { assertReportRequest } from './report-period.js';
import { assertReportIsValid } from './report-schema.js';
import { dailyReport } from './shape/daily-report.js';
import { overallReport, userRanking, weeklySummary, weeklyUserSummary } from './shape/organization-report.js';
import { userFigures, type FigureRules } from './user-figures.js';
import { userTotals, type UserTotals } from './user-totals.js';

/** To be raised with every change of a rule, a template or the table of apps: kept reports are then made again. */
const FIGURES_VERSION = 2;

type Overrides = NonNullable<UserSettings['categorization']>;

/** How much of the progress is figures; the rest is words. */
const FIGURES_PERCENT = 80;

/** Makes reports from activity points. Who may ask for one is not judged here. */
@Injectable()
export class ProductivityReportService {
  constructor(
    private readonly activity: ActivityService,
    private readonly accounts: AccountsService,
    private readonly narrator: ReportNarrator,
    private readonly clock: Clock,
    @Inject(PRODUCTIVITY_CONFIG) private readonly config: ProductivityConfig,
  ) {}

  /** What a report on this request would be made from now: the key of a cache. */
  async versionOf(
    request: ProductivityReportRequest,
    options: Pick<BuildOptions, 'signal' | 'apiKey'> = {},
  ): Promise<ReportVersion> {
    assertReportRequest(request);
    return this.versionWith(request, await this.overridesOf(request), options);
  }

  private async versionWith(
    request: ProductivityReportRequest,
    overrides: Overrides,
    { signal, apiKey }: Pick<BuildOptions, 'signal' | 'apiKey'>,
  ): Promise<ReportVersion> {
    const { from, toExclusive } = reportCalendar(request.startDate, request.endDate, request.timeZone);
    const { org, accountId, orgId, users } = request;
    return {
      dataVersion: await this.activity.dataVersion({ org, accountId, orgId, users, from, toExclusive }, signal),
      promptVersion: this.rulesVersion(overrides),
      model: this.narrator.modelName(apiKey),
    };
  }

  /**
   * One person after the other, so that the points of one are held at a time.
   * @throws InvalidInputError as `assertReportRequest`; a DomainError with a sentence that names the cause when the points
   *   cannot be read.
   */
  async build(request: ProductivityReportRequest, options: BuildOptions = {}): Promise<BuiltReport> {
    // Asked before the points are read: what is written meanwhile makes the next report another version.
    assertReportRequest(request);
    const overrides = await this.overridesOf(request);
    const version = await this.versionWith(request, overrides, options);
    const rules = { coreHours: this.config.coreHours, categories: new CategoryTable(overrides) };
    const calendar = reportCalendar(request.startDate, request.endDate, request.timeZone);
    const turns = new EventLoopTurns();
    const users: ReportedUserDto[] = [];
    const totals: UserTotals[] = [];
    for (const user of request.users) {
      const person = await this.buildUser(request, user, calendar, rules, turns, options.signal);
      users.push(person.report);
      await options.packedDays?.add(person.report);
      totals.push(person.totals);
      options.onProgress?.(Math.floor((FIGURES_PERCENT * users.length) / request.users.length));
    }
    const report = this.assemble(request, users, totals, version.promptVersion);
    const final = await this.narrator.narrate(report, totals, {
      userId: request.userId,
      expectedDailyHours: this.config.expectedDailyHours,
      apiKey: options.apiKey,
      signal: options.signal,
      onProgress: (share) => options.onProgress?.(FIGURES_PERCENT + Math.floor((100 - FIGURES_PERCENT) * share)),
    });
    await assertReportIsValid(report, (user) => options.packedDays?.textOf(user) !== undefined);
    return { report, final, ...version };
  }

  /** The categories that who asks has given to domains. */
  private async overridesOf({ userId }: ProductivityReportRequest): Promise<Overrides> {
    return userId === null ? {} : ((await this.accounts.settingsOf(userId)).categorization ?? {});
  }

  /** Of all that words and figures depend on, apart from the data. */
  private rulesVersion(overrides: Overrides): string {
    const { coreHours, expectedDailyHours } = this.config;
    const own = Object.entries(overrides).sort(([a], [b]) => compareText(a, b));
    const parts = [
      FIGURES_VERSION,
      this.narrator.promptVersion(),
      coreHours.from,
      coreHours.to,
      expectedDailyHours,
      own,
    ];
    return createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 16);
  }

  private async buildUser(
    request: ProductivityReportRequest,
    user: ActivityUser,
    calendar: ReportCalendar,
    rules: FigureRules,
    turns: EventLoopTurns,
    signal: AbortSignal | undefined,
  ): Promise<{ report: ReportedUserDto; totals: UserTotals }> {
    const { from, toExclusive } = calendar;
    const query = { org: request.org, user, from, toExclusive, accountId: request.accountId, orgId: request.orgId };
    const columns = new ActivityColumns(from, toExclusive);
    const dailyMetrics: DailyMetricsPoint[] = [];
    const failed = new AbortController();
    const reading = AbortSignal.any(signal === undefined ? [failed.signal] : [failed.signal, signal]);
    try {
      await Promise.all([
        eachPoint(this.activity.afk(query, reading), turns, (point) => columns.addAfk(point)),
        eachPoint(this.activity.windows(query, reading), turns, (point) => columns.addWindow(point)),
        eachPoint(this.activity.dailyMetrics(query, reading), turns, (point) => dailyMetrics.push(point)),
      ]);
    } catch (error) {
      // What the others would still read is for nobody.
      failed.abort(error);
      throw error;
    }
    signal?.throwIfAborted();
    const days = await userFigures(columns, dailyMetrics, calendar, rules, turns);
    const totals = userTotals(user.name, days);
    return {
      totals,
      report: {
        userName: user.name,
        overallReport: overallReport(totals, request, this.config.expectedDailyHours),
        dailyReports: days.map((day) => dailyReport(day, calendar.timeZone)),
      },
    };
  }

  private assemble(
    { org, startDate, endDate, timeZone, weekly }: ProductivityReportRequest,
    users: ReportedUserDto[],
    totals: readonly UserTotals[],
    promptVersion: string,
  ): ProductivityReport {
    return {
      organizations: [
        {
          organizationName: org,
          users,
          ...(users.length < 2 ? {} : { userRanking: userRanking(totals) }),
          ...(weekly
            ? {
                weeklySummary: weeklySummary(totals, { startDate, endDate }),
                weeklyUserSummaries: totals.map(weeklyUserSummary),
              }
            : {}),
        },
      ],
      generatedAt: new Date(this.clock.now()).toISOString(),
      periodAnalyzed: { startDate, endDate, timeZone },
      narrative: { source: 'template', promptVersion },
    };
  }
}

/** Batches may be there at once and large: others have their turn between the points of one. */
async function eachPoint<T>(
  batches: AsyncIterable<readonly T[]>,
  turns: EventLoopTurns,
  take: (point: T) => void,
): Promise<void> {
  for await (const batch of batches) {
    batch.forEach(take);
    await turns.give();
  }
}
