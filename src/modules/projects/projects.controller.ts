import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiNoContentResponse, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Caller, OpenModeAllowed, Public, RequireScope } from '../../common/auth/auth.decorators.js';
import type { Principal } from '../../common/auth/principal.js';
import { ApiErrors } from '../../common/http/api-errors.decorator.js';
import { CreateProjectDto } from './dto/create-project.dto.js';
import { ListProjectsQuery } from './dto/list-projects.query.js';
import { ProjectDto, ProjectListDto } from './dto/project.dto.js';
import { UpdateProjectDto } from './dto/update-project.dto.js';
import { toProjectChanges, toProjectSearch } from './project-requests.js';
import { ProjectsService } from './projects.service.js';

@ApiTags('Projects')
@Controller('v1/projects')
@OpenModeAllowed()
export class ProjectsController {
  constructor(private readonly projects: ProjectsService) {}

  @Post()
  @HttpCode(200)
  @RequireScope('admin')
  @ApiOperation({ summary: 'Create a project', description: 'The caller owns it; its key opens the event ingest.' })
  @ApiOkResponse({ type: ProjectDto })
  @ApiErrors(400, 403)
  async create(@Caller() caller: Principal, @Body() body: CreateProjectDto): Promise<ProjectDto> {
    return ProjectDto.from(await this.projects.create(caller, body.name));
  }

  @Get()
  @Public()
  @ApiBearerAuth('accessToken')
  @RequireScope('read')
  @ApiOperation({
    summary: "List one's projects",
    description:
      'The newest first; an admin sees all. With an exact `projectKey` the route is public and answers that one project. ' +
      'Deleted projects are listed as inactive until their data is erased.',
  })
  @ApiOkResponse({ type: ProjectListDto })
  @ApiErrors(400, 401)
  async list(@Caller() caller: Principal | undefined, @Query() query: ListProjectsQuery): Promise<ProjectListDto> {
    return ProjectListDto.from(await this.projects.list(caller, toProjectSearch(query)));
  }

  @Patch(':projectKey')
  @RequireScope('admin')
  @ApiOperation({ summary: 'Change a project', description: '`isActive: true` also undoes a deletion.' })
  @ApiOkResponse({ type: ProjectDto })
  @ApiErrors(400, 403, 404)
  async update(
    @Caller() caller: Principal,
    @Param('projectKey') projectKey: string,
    @Body() body: UpdateProjectDto,
  ): Promise<ProjectDto> {
    return ProjectDto.from(await this.projects.update(caller, projectKey, toProjectChanges(body)));
  }

  @Delete(':projectKey')
  @HttpCode(204)
  @RequireScope('admin')
  @ApiOperation({
    summary: 'Delete a project',
    description:
      'Inactive at once; its data is erased after 30 days (DELETED_PROJECT_DAYS). Until then PATCH `isActive: true` undoes it.',
  })
  @ApiNoContentResponse()
  @ApiErrors(403, 404)
  async delete(@Caller() caller: Principal, @Param('projectKey') projectKey: string): Promise<void> {
    await this.projects.delete(caller, projectKey);
  }
}
