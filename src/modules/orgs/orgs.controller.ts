import { Body, Controller, Delete, Get, HttpCode, Param, Post } from '@nestjs/common';
import {
  ApiCreatedResponse,
  ApiNoContentResponse,
  ApiOkResponse,
  ApiOperation,
  ApiParam,
  ApiTags,
} from '@nestjs/swagger';
import { Caller, RequireScope } from '../../common/auth/auth.decorators.js';
import type { Principal } from '../../common/auth/principal.js';
import { ApiErrors } from '../../common/http/api-errors.decorator.js';
import { CreateOrgDto, OrgDto, OrgListDto, OrgMemberDto, PutMemberDto } from './dto/org.dto.js';
import { OrgsService } from './orgs.service.js';

@ApiTags('Organizations')
@Controller('api/orgs')
export class OrgsController {
  constructor(private readonly orgs: OrgsService) {}

  @Get()
  @RequireScope('read')
  @ApiOperation({
    summary: "List one's organizations",
    description: 'By name, with the members; an administrator sees all.',
  })
  @ApiOkResponse({ type: OrgListDto })
  async list(@Caller() caller: Principal): Promise<OrgListDto> {
    return OrgListDto.from(await this.orgs.list(caller));
  }

  @Post()
  @ApiOperation({
    summary: 'Create an organization',
    description:
      'The caller owns it. Writing points of an organization that nobody owns does the same: see `POST /api/v2/write`.',
  })
  @ApiCreatedResponse({ type: OrgDto })
  @ApiErrors(400, 403, 409)
  async create(@Caller() caller: Principal, @Body() body: CreateOrgDto): Promise<OrgDto> {
    return OrgDto.from(await this.orgs.create(caller, body.name));
  }

  @Post(':name/members')
  @ApiOperation({
    summary: 'Add a member or change one',
    description:
      'Owners and managers report on everyone and write points of any `user`; members only of their own user name. ' +
      'Owners manage all members, managers the plain ones.',
  })
  @ApiParam({ name: 'name', example: 'Turbo' })
  @ApiCreatedResponse({ type: OrgMemberDto })
  @ApiErrors(400, 403, 404, 409)
  async putMember(
    @Caller() caller: Principal,
    @Param('name') name: string,
    @Body() body: PutMemberDto,
  ): Promise<OrgMemberDto> {
    return OrgMemberDto.from(await this.orgs.putMember(caller, name, body));
  }

  @Delete(':name/members/:email')
  @HttpCode(204)
  @ApiOperation({
    summary: 'Remove a member',
    description: 'Everybody may remove themselves. The points written under their name stay with the organization.',
  })
  @ApiParam({ name: 'name', example: 'Turbo' })
  @ApiParam({ name: 'email', example: 'ben@example.com' })
  @ApiNoContentResponse()
  @ApiErrors(403, 404, 409)
  async removeMember(
    @Caller() caller: Principal,
    @Param('name') name: string,
    @Param('email') email: string,
  ): Promise<void> {
    await this.orgs.removeMember(caller, name, email);
  }
}
