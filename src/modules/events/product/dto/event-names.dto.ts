import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { IsOptional, IsString, ValidateIf } from 'class-validator';
import { IsTimeZone } from '../../../../common/time/time-zone.js';
import type { EventNames } from '../product-events.service.js';

export class EventNamesQuery {
  @ApiPropertyOptional({ example: '2025-01-01', description: 'Inclusive. Without from and to: the last 30 days.' })
  @IsOptional()
  @IsString({ message: 'from must be given once, as text' })
  from?: string;

  @ApiPropertyOptional({
    example: '2025-01-10',
    description: 'Inclusive; a date without a time covers that whole day.',
  })
  @IsOptional()
  @IsString({ message: 'to must be given once, as text' })
  to?: string;

  @ApiPropertyOptional({
    example: 'Europe/Berlin',
    description: "Zone of dates without a time; else the project's, else UTC.",
  })
  @ValidateIf((_, value) => value !== undefined && value !== '')
  @IsTimeZone()
  tz?: string;
}

export class EventNamesRangeDto {
  @ApiProperty({ type: String, nullable: true, example: '2025-01-01' })
  from: string | null;

  @ApiProperty({ type: String, nullable: true, example: '2025-01-10' })
  to: string | null;
}

export class EventNamesDto {
  @ApiProperty({ example: 'a1b2c3d4e5f6' })
  projectKey: string;

  @ApiProperty({ type: [String], example: ['app_open', 'purchase_success'], description: 'Sorted.' })
  eventNames: string[];

  @ApiProperty({ type: EventNamesRangeDto })
  range: EventNamesRangeDto;

  static from(names: EventNames): EventNamesDto {
    const dto = new EventNamesDto();
    dto.projectKey = names.projectKey;
    dto.eventNames = names.eventNames;
    dto.range = names.range;
    return dto;
  }
}
