import { Body, Controller, Get, HttpCode, Post, Query, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, RequireScope } from '../../common/auth/auth.decorators.js';
import type { Principal } from '../../common/auth/principal.js';
import { ApiErrors } from '../../common/http/api-errors.decorator.js';
import { NoStoreInterceptor } from '../../common/http/no-store.interceptor.js';
import { toPeriod } from '../analytics/browser/browser-analytics-requests.js';
import { PeriodQuery } from '../analytics/browser/dto/browser-analytics.query.js';
import { CategorizationService } from './categorization.service.js';
import { CategorizeDto, CategorizedDto } from './dto/categorize.dto.js';
import { InsightHistoryDto } from './dto/insight-history.dto.js';
import { DailySummaryDto, ProductivityInsightsDto, WeeklyReportDto } from './dto/insights.dto.js';
import { DailySummaryQuery, HistoryQuery, ZoneQuery } from './dto/insights.query.js';
import { toHistoryLimit } from './insights-requests.js';
import { InsightsService } from './insights.service.js';

const WEEK = 7;
const FIGURES = 'Every figure in it is computed; a model, where one is configured, only words them.';

@ApiTags('Insights')
@Controller('api/ai')
@UseInterceptors(NoStoreInterceptor)
export class InsightsController {
  constructor(
    private readonly insights: InsightsService,
    private readonly categories: CategorizationService,
  ) {}

  @Get('daily-summary')
  @RequireScope('read')
  @ApiOperation({ summary: 'Sum up a day of browsing', description: FIGURES })
  @ApiOkResponse({ type: DailySummaryDto })
  @ApiErrors(400, 403)
  async dailySummary(@Caller() caller: Principal, @Query() query: DailySummaryQuery): Promise<DailySummaryDto> {
    return DailySummaryDto.from(
      await this.insights.summarizeDay(caller, query.date || undefined, query.tz || undefined),
    );
  }

  @Get('productivity-insights')
  @RequireScope('read')
  @ApiOperation({ summary: 'Tell what stands out in the last days', description: FIGURES })
  @ApiOkResponse({ type: ProductivityInsightsDto })
  @ApiErrors(400, 403)
  async productivityInsights(
    @Caller() caller: Principal,
    @Query() query: PeriodQuery,
  ): Promise<ProductivityInsightsDto> {
    const { days, timeZone } = toPeriod(query, WEEK);
    return ProductivityInsightsDto.from(await this.insights.tellOfDays(caller, days, timeZone));
  }

  @Get('weekly-report')
  @RequireScope('read')
  @ApiOperation({ summary: 'Report on the seven days that end today', description: FIGURES })
  @ApiOkResponse({ type: WeeklyReportDto })
  @ApiErrors(400, 403)
  async weeklyReport(@Caller() caller: Principal, @Query() query: ZoneQuery): Promise<WeeklyReportDto> {
    return WeeklyReportDto.from(await this.insights.reportWeek(caller, query.tz || undefined));
  }

  @Post('categorize')
  @HttpCode(200)
  @RequireScope('read')
  @ApiOperation({
    summary: 'Say to which category a domain belongs',
    description:
      "The user's own entry (`settings.categorization`), else the product's table, else a model where one is configured, else `other`.",
  })
  @ApiOkResponse({ type: CategorizedDto })
  @ApiErrors(400, 403)
  async categorize(@Caller() caller: Principal, @Body() body: CategorizeDto): Promise<CategorizedDto> {
    return CategorizedDto.from(await this.categories.categorize(caller, body.domain, body.title));
  }

  @Get('insights/history')
  @RequireScope('read')
  @ApiOperation({ summary: "List one's insights", description: 'One for each kind and period, as it was last told.' })
  @ApiOkResponse({ type: InsightHistoryDto })
  @ApiErrors(400, 403)
  async history(@Caller() caller: Principal, @Query() query: HistoryQuery): Promise<InsightHistoryDto> {
    return InsightHistoryDto.from(await this.insights.history(caller, toHistoryLimit(query)));
  }
}
