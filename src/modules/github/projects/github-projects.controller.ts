import { Controller, Get, Param, Query, UseFilters } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { OpenModeAllowed, RequireGrant, RequireScope } from '../../../common/auth/auth.decorators.js';
import { SentenceErrorFilter } from '../../../common/errors/error.filter.js';
import { ApiErrors } from '../../../common/http/api-errors.decorator.js';
import { ActivityDayDto, ActivityQuery } from '../dto/activity.dto.js';
import { GithubProjectsQuery } from '../dto/list-projects.query.js';
import { GithubMetricsDto } from '../dto/metrics.dto.js';
import { GithubProjectDto } from '../dto/project.dto.js';
import { GithubProjectsService } from './github-projects.service.js';

const NAME = {
  name: 'name',
  example: 'almanac',
  description: 'The name, in any case. Where several owners have one of that name: `owner/name`, else the newest.',
};

/** Read by administrators and those whom they granted `github`; the old server's names answer the same. */
@ApiTags('GitHub')
@Controller('api')
@RequireGrant('github')
@RequireScope('read')
@OpenModeAllowed()
@UseFilters(SentenceErrorFilter)
export class GithubProjectsController {
  constructor(private readonly projects: GithubProjectsService) {}

  @Get(['github/projects', 'projects'])
  @ApiOperation({
    summary: 'List the repositories with their figures',
    description: 'As of the last refresh; empty repositories and those that are gone from GitHub are left out.',
  })
  @ApiOkResponse({ type: [GithubProjectDto] })
  @ApiErrors(400, 403)
  async list(@Query() query: GithubProjectsQuery): Promise<GithubProjectDto[]> {
    return GithubProjectDto.list(await this.projects.list(query.sort ?? 'last_commit_date', query.language));
  }

  @Get('github/project/:name')
  @ApiOperation({ summary: 'The figures of one repository' })
  @ApiParam(NAME)
  @ApiOkResponse({ type: GithubProjectDto })
  @ApiErrors(400, 403, 404)
  async get(@Param('name') name: string): Promise<GithubProjectDto> {
    return GithubProjectDto.from(await this.projects.get(name));
  }

  @Get('github/project/:name/activity')
  @ApiOperation({
    summary: 'Commits and changed lines of one repository, day by day',
    description: 'UTC days that end today; days without commits are 0.',
  })
  @ApiParam(NAME)
  @ApiOkResponse({ type: [ActivityDayDto] })
  @ApiErrors(400, 403, 404)
  async getActivity(@Param('name') name: string, @Query() query: ActivityQuery): Promise<ActivityDayDto[]> {
    return ActivityDayDto.list(await this.projects.getActivity(name, ActivityQuery.toDays(query)));
  }

  @Get(['github/metrics', 'metrics'])
  @ApiOperation({ summary: 'Sums and averages over all repositories' })
  @ApiOkResponse({ type: GithubMetricsDto })
  @ApiErrors(400, 403)
  async getMetrics(): Promise<GithubMetricsDto> {
    return GithubMetricsDto.from(await this.projects.getMetrics());
  }
}
