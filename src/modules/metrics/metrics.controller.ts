import { Controller, Get, Header, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { SkipThrottle } from '@nestjs/throttler';
import { IgnoreBadCredentials, Public } from '../../common/auth/auth.decorators.js';
import { ApiErrors } from '../../common/http/api-errors.decorator.js';
import { AlwaysServed } from '../../common/lifecycle/startup.guard.js';
import { METRICS_CONTENT_TYPE, renderMetrics } from '../../common/metrics/metrics.js';
import { MetricsAccessGuard } from './metrics-access.guard.js';

@ApiTags('Metrics')
@Controller('api/v1/metrics')
export class MetricsController {
  @Get()
  @Public()
  @IgnoreBadCredentials()
  @AlwaysServed()
  @SkipThrottle()
  @UseGuards(MetricsAccessGuard)
  @Header('content-type', METRICS_CONTENT_TYPE)
  @ApiBearerAuth()
  @ApiProduces('text/plain')
  @ApiOperation({
    summary: 'Metrics for Prometheus',
    description:
      'With METRICS_TOKEN set it needs `Authorization: Bearer <that token>`. Without, it is public in development and for administrators in production.',
  })
  @ApiOkResponse({
    description: 'Prometheus text format.',
    content: {
      'text/plain': {
        schema: { type: 'string' },
        example:
          '# HELP almanac_events_ingested_total Events by source and result.\n# TYPE almanac_events_ingested_total counter\nalmanac_events_ingested_total{source="product",result="inserted"} 1280\n',
      },
    },
  })
  @ApiErrors(401)
  async scrape(): Promise<string> {
    return renderMetrics();
  }
}
