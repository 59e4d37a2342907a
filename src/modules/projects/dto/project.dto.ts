import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import type { ProjectRow } from '../project-row.js';
import { weekdayName, WEEKDAYS, type Weekday } from '../../../common/time/weekday.js';

export class ProjectDto {
  @ApiProperty({ example: 'Demo App' })
  name: string;

  @ApiProperty({ example: 'a1b2c3d4e5f6', description: '12 lower-case hex digits' })
  projectKey: string;

  @ApiProperty({ example: '2025-01-06T10:00:00.000Z', format: 'date-time' })
  createdAt: string;

  @ApiProperty({ example: true })
  isActive: boolean;

  @ApiPropertyOptional({ example: 'Europe/Berlin', description: 'Absent until set: UTC.' })
  timezone?: string;

  @ApiPropertyOptional({ enum: WEEKDAYS, example: 'monday', description: 'Absent until set: Monday.' })
  weekStart?: Weekday;

  @ApiPropertyOptional({
    type: 'integer',
    example: 365,
    description: 'Days after which events are deleted. Absent until set: as the server is configured.',
  })
  eventRetentionDays?: number;

  static from(row: ProjectRow): ProjectDto {
    const dto = new ProjectDto();
    dto.name = row.name;
    dto.projectKey = row.projectKey;
    dto.createdAt = row.createdAt.toISOString();
    dto.isActive = row.isActive;
    if (row.timezone !== undefined) dto.timezone = row.timezone;
    if (row.weekStart !== undefined) dto.weekStart = weekdayName(row.weekStart);
    if (row.eventRetentionDays !== undefined) dto.eventRetentionDays = row.eventRetentionDays;
    return dto;
  }
}

export class ProjectListDto {
  @ApiProperty({ type: [ProjectDto] })
  projects: ProjectDto[];

  static from(rows: ProjectRow[]): ProjectListDto {
    const dto = new ProjectListDto();
    dto.projects = rows.map((row) => ProjectDto.from(row));
    return dto;
  }
}
