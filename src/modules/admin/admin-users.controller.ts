import { Body, Controller, Get, Param, Patch, Query, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiParam, ApiTags } from '@nestjs/swagger';
import { Caller, RequireRole } from '../../common/auth/auth.decorators.js';
import type { Principal } from '../../common/auth/principal.js';
import { ApiErrors } from '../../common/http/api-errors.decorator.js';
import { NoStoreInterceptor } from '../../common/http/no-store.interceptor.js';
import { AdminUsersService } from './admin-users.service.js';
import { ChangedUserDto, ListUsersQuery, UpdateUserDto, UserListDto } from './dto/admin-user.dto.js';

@ApiTags('Admin')
@Controller('api/admin/users')
@RequireRole('admin')
@UseInterceptors(NoStoreInterceptor)
export class AdminUsersController {
  constructor(private readonly users: AdminUsersService) {}

  @Get()
  @ApiOperation({ summary: 'List all users', description: 'By id, a page at a time.' })
  @ApiOkResponse({ type: UserListDto })
  @ApiErrors(400, 403)
  async list(@Query() query: ListUsersQuery): Promise<UserListDto> {
    return UserListDto.from(await this.users.list(ListUsersQuery.toPage(query)));
  }

  @Patch(':id')
  @ApiOperation({
    summary: "Change a user's role, grants, or disable the account",
    description: 'What is not given stays. The last administrator can be neither demoted nor disabled.',
  })
  @ApiParam({ name: 'id', example: '665f1c2e9b1e8a0012ab34cd' })
  @ApiOkResponse({ type: ChangedUserDto })
  @ApiErrors(400, 403, 404, 409)
  async update(
    @Caller() admin: Principal,
    @Param('id') id: string,
    @Body() body: UpdateUserDto,
  ): Promise<ChangedUserDto> {
    return ChangedUserDto.from(await this.users.update(admin, id, body));
  }
}
