import { ApiProperty } from '@nestjs/swagger';
import type { Role } from '../../../common/auth/principal.js';
import type { UserRow } from '../user-row.js';
import { SettingsDto } from './settings.dto.js';

export class UserDto {
  @ApiProperty({ example: '665f1c2e9b1e8a0012ab34cd' })
  id: string;

  @ApiProperty({ example: 'ada@example.com' })
  email: string;

  @ApiProperty({ example: 'Ada Lovelace' })
  name: string;

  @ApiProperty({ enum: ['admin', 'user'], example: 'user' })
  role: Role;

  @ApiProperty({ type: String, nullable: true, example: null, description: 'Only for accounts of an old server.' })
  oauthProvider: string | null;

  @ApiProperty({ example: '2025-01-06T10:00:00.000Z', format: 'date-time' })
  createdAt: string;

  @ApiProperty({ type: SettingsDto })
  settings: SettingsDto;

  static from(user: UserRow): UserDto {
    const dto = new UserDto();
    dto.id = user.id;
    dto.email = user.email;
    dto.name = user.name;
    dto.role = user.role;
    dto.oauthProvider = user.oauthProvider;
    dto.createdAt = new Date(user.createdAt).toISOString();
    dto.settings = SettingsDto.from(user.settings);
    return dto;
  }
}
