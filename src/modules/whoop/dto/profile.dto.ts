import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ProfileAnswer } from '../dashboard/whoop-dashboard.service.js';
import { iso, Time } from './record-properties.js';

export class WhoopProfileDto {
  @ApiProperty({ example: '10129' })
  user_id: string;

  @ApiProperty({ example: 'Jo' })
  first_name: string;

  @ApiProperty({ example: 'Example' })
  last_name: string;

  @ApiProperty({ example: 'jo@example.com' })
  email: string;

  @Time('2025-11-20T03:43:00.000Z')
  updated_at: string;

  @ApiProperty({ enum: ['cache', 'api'], example: 'cache' })
  source: 'cache' | 'api';

  @ApiPropertyOptional({ example: 'WHOOP could not be asked; as it was last' })
  note?: string;

  static from({ profile, source, note }: ProfileAnswer): WhoopProfileDto {
    const dto = new WhoopProfileDto();
    dto.user_id = profile.memberId;
    dto.first_name = profile.firstName;
    dto.last_name = profile.lastName;
    dto.email = profile.email;
    dto.updated_at = iso(profile.updatedAt);
    dto.source = source;
    if (note !== undefined) dto.note = note;
    return dto;
  }
}
