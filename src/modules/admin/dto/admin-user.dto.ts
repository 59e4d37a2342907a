import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { ArrayMaxSize, IsArray, IsBoolean, IsIn, IsOptional, IsString, Matches, MaxLength } from 'class-validator';
import type { Grant, Role } from '../../../common/auth/principal.js';
import { SettingsDto } from '../../auth/dto/settings.dto.js';
import type { UserRow } from '../../auth/user-row.js';

const ROLES: readonly Role[] = ['admin', 'user'];
const GRANTS: readonly Grant[] = ['github', 'whoop'];
const MAX_PAGE = 1000;
const DEFAULT_PAGE = 100;

export class ListUsersQuery {
  @ApiPropertyOptional({ type: Number, minimum: 0, maximum: MAX_PAGE, default: DEFAULT_PAGE, example: 100 })
  @IsOptional()
  @Matches(/^\d*$/, { message: 'limit must be a whole number from 0 on' })
  limit?: string;

  @ApiPropertyOptional({
    type: String,
    example: '665f1c2e9b1e8a0012ab34cd',
    description: '`nextCursor` of the page before.',
  })
  @IsOptional()
  @IsString({ message: 'cursor must be given once, as text' })
  @MaxLength(200)
  cursor?: string;

  static toPage(query: ListUsersQuery): { limit: number; cursor: string | null } {
    return {
      limit: query.limit ? Math.max(1, Math.min(Number(query.limit), MAX_PAGE)) : DEFAULT_PAGE,
      cursor: query.cursor ? query.cursor : null,
    };
  }
}

export class UpdateUserDto {
  @ApiPropertyOptional({ enum: ROLES, example: 'user' })
  @IsOptional()
  @IsIn(ROLES)
  role?: Role;

  @ApiPropertyOptional({ example: false, description: 'true ends all sessions of the user at once.' })
  @IsOptional()
  @IsBoolean()
  disabled?: boolean;

  @ApiPropertyOptional({ enum: GRANTS, isArray: true, example: ['github'], description: 'Replaces the former grants.' })
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(GRANTS.length)
  @IsIn(GRANTS, { each: true })
  grants?: Grant[];
}

export class AdminUserDto {
  @ApiProperty({ example: '665f1c2e9b1e8a0012ab34cd' })
  id: string;

  @ApiProperty({ example: 'ada@example.com' })
  email: string;

  @ApiProperty({ example: 'Ada Lovelace' })
  name: string;

  @ApiProperty({ enum: ROLES, example: 'user' })
  role: Role;

  @ApiProperty({ type: String, nullable: true, example: null })
  oauthProvider: string | null;

  @ApiProperty({ example: '2025-01-06T10:00:00.000Z', format: 'date-time' })
  createdAt: string;

  @ApiProperty({ type: SettingsDto })
  settings: SettingsDto;

  @ApiProperty({ example: false })
  disabled: boolean;

  @ApiProperty({ enum: GRANTS, isArray: true, example: ['github'] })
  grants: Grant[];

  static from(user: UserRow): AdminUserDto {
    const dto = new AdminUserDto();
    dto.id = user.id;
    dto.email = user.email;
    dto.name = user.name;
    dto.role = user.role;
    dto.oauthProvider = user.oauthProvider;
    dto.createdAt = new Date(user.createdAt).toISOString();
    dto.settings = SettingsDto.from(user.settings);
    dto.disabled = user.disabled;
    dto.grants = user.grants;
    return dto;
  }
}

export class ChangedUserDto {
  @ApiProperty({ type: AdminUserDto })
  user: AdminUserDto;

  static from(user: UserRow): ChangedUserDto {
    const dto = new ChangedUserDto();
    dto.user = AdminUserDto.from(user);
    return dto;
  }
}

export class UserListDto {
  @ApiProperty({ type: [AdminUserDto] })
  users: AdminUserDto[];

  @ApiProperty({
    type: String,
    nullable: true,
    example: null,
    description: 'Send it as `cursor`; null on the last page.',
  })
  nextCursor: string | null;

  static from(page: { users: UserRow[]; nextCursor: string | null }): UserListDto {
    const dto = new UserListDto();
    dto.users = page.users.map((user) => AdminUserDto.from(user));
    dto.nextCursor = page.nextCursor;
    return dto;
  }
}
