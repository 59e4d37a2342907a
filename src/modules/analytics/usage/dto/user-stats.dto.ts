import { ApiProperty } from '@nestjs/swagger';

export class UserStatsDto {
  @ApiProperty({ type: 'integer', example: 120 })
  logins: number;

  @ApiProperty({ type: 'integer', example: 15, description: 'Actions `registration`, `register` and `signup`.' })
  registrations: number;

  @ApiProperty({ type: 'integer', example: 85, description: 'Distinct users with any activity.' })
  active_users: number;

  @ApiProperty({
    example: 320.5,
    description:
      'Seconds, of the sessions that began in the time; 0 without one. A session ends after more than 30 minutes of silence, ' +
      'after 24 hours, or when `session_id` changes; one activity alone lasts 0 seconds.',
  })
  average_session_time: number;
}

export class UserStatsDayDto extends UserStatsDto {
  @ApiProperty({ example: '2025-11-14', description: 'Local day.' })
  date: string;
}

export class UsageActiveUsersDto {
  @ApiProperty({
    type: 'integer',
    example: 431,
    description: 'Distinct users of the last `days` local days, today included.',
  })
  active_users: number;

  @ApiProperty({ type: 'integer', example: 85, description: 'Today.' })
  daily_active_users: number;

  @ApiProperty({ type: 'integer', example: 240, description: 'The last 7 local days.' })
  weekly_active_users: number;

  @ApiProperty({ type: 'integer', example: 431, description: 'The last 30 local days.' })
  monthly_active_users: number;

  @ApiProperty({ example: 0.197216, description: 'Daily ÷ monthly active users, from 0 to 1.' })
  stickiness: number;

  @ApiProperty({ example: '2025-11-14T16:20:00.000Z' })
  as_of: string;
}

export class TotalUsersDto {
  @ApiProperty({ type: 'integer', example: 1284, description: 'Distinct users with any activity, ever.' })
  total_users: number;

  static from(totalUsers: number): TotalUsersDto {
    const dto = new TotalUsersDto();
    dto.total_users = totalUsers;
    return dto;
  }
}
