import { Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOkResponse, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import { SkipThrottle } from '@nestjs/throttler';
import { IgnoreCredentials, OpenModeAllowed, Public, RequireRole } from '../../common/auth/auth.decorators.js';
import { ApiErrors } from '../../common/http/api-errors.decorator.js';
import { PROBE_ROUTE } from '../../common/http/load-shedding.js';
import { AlwaysServed } from '../../common/lifecycle/startup.guard.js';
import {
  DatabaseFailureDto,
  DatabaseHealthDto,
  HealthyStatusDto,
  OkStatusDto,
  ReadinessDto,
  TestInsertDto,
} from './health.dto.js';
import { HealthService } from './health.service.js';

@ApiTags('Health')
@SkipThrottle()
@AlwaysServed()
@IgnoreCredentials()
@Controller()
export class HealthController {
  constructor(private readonly health: HealthService) {}

  @Get('health/live')
  @Public()
  @RouteConfig(PROBE_ROUTE)
  @ApiOperation({ summary: 'Is the process alive?', description: 'Touches no store. Use it as the liveness probe.' })
  @ApiOkResponse({ type: OkStatusDto })
  live(): OkStatusDto {
    return { status: 'ok' };
  }

  @Get('health/startup')
  @Public()
  @RouteConfig(PROBE_ROUTE)
  @ApiOperation({
    summary: 'Are the stores connected and migrated?',
    description: '503 until they are, for the first time.',
  })
  @ApiOkResponse({ type: OkStatusDto })
  @ApiErrors(503)
  startup(): OkStatusDto {
    return this.health.checkStarted();
  }

  @Get('health/ready')
  @Public()
  @RouteConfig(PROBE_ROUTE)
  @ApiOperation({
    summary: 'Can this server take requests?',
    description: '503 while starting, while stopping, or when a store that it needs is down; `details` names it.',
  })
  @ApiOkResponse({ type: ReadinessDto })
  @ApiErrors(503)
  async ready(): Promise<ReadinessDto> {
    return this.health.checkReady();
  }

  @Get('health')
  @Public()
  @RouteConfig(PROBE_ROUTE)
  @ApiOperation({ summary: 'Probe of the old product analytics and report servers' })
  @ApiOkResponse({ type: OkStatusDto })
  check(): OkStatusDto {
    return { status: 'ok' };
  }

  @Get('api/health')
  @Public()
  @RouteConfig(PROBE_ROUTE)
  @ApiOperation({ summary: 'Probe of the old browser telemetry server' })
  @ApiOkResponse({ type: HealthyStatusDto })
  apiHealth(): HealthyStatusDto {
    return { status: 'healthy' };
  }

  @Get('api/v1/health')
  @Public()
  @RouteConfig(PROBE_ROUTE)
  @ApiOperation({ summary: 'Probe of the old usage analytics server' })
  @ApiOkResponse({ type: HealthyStatusDto })
  apiV1Health(): HealthyStatusDto {
    return { status: 'healthy' };
  }

  @Get('db/health')
  @Public()
  @RouteConfig(PROBE_ROUTE)
  @ApiOperation({ summary: 'Does MongoDB answer?' })
  @ApiOkResponse({ type: DatabaseHealthDto })
  @ApiResponse({ status: 500, type: DatabaseFailureDto, description: 'MongoDB does not answer.' })
  async database(): Promise<DatabaseHealthDto> {
    return this.health.checkDatabase();
  }

  @Post('db/test-insert')
  @HttpCode(200)
  @RequireRole('admin')
  @OpenModeAllowed()
  @ApiBearerAuth()
  @ApiOperation({ summary: 'Writes one document to MongoDB', description: 'For administrators.' })
  @ApiOkResponse({ type: TestInsertDto })
  @ApiErrors(403, 503)
  async testInsert(): Promise<TestInsertDto> {
    return this.health.testInsert();
  }
}
