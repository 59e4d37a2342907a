import { ApiProperty } from '@nestjs/swagger';
import type { CycleRow } from '../records/whoop-rows.js';
import { iso, OptionalNumber, ScoreState, Time } from './record-properties.js';

export class WhoopCycleDto {
  @ApiProperty({ example: '93842' })
  id: string;

  @ApiProperty({ example: '93842' })
  cycle_id: string;

  @ApiProperty({
    format: 'date',
    example: '2025-11-20',
    description: 'The local day on which the member woke up; without a sleep, that of the start.',
  })
  date: string;

  @Time('2025-11-19T22:55:00.000Z')
  start_time: string;

  @ApiProperty({
    type: String,
    nullable: true,
    format: 'date-time',
    example: '2025-11-20T22:10:00.000Z',
    description: 'Null: it goes on.',
  })
  end_time: string | null;

  @ApiProperty({ example: '+01:00' })
  timezone_offset: string;

  @OptionalNumber(14.83, '0 to 21.')
  strain: number | null;

  @OptionalNumber(11420.77)
  kilojoules: number | null;

  @OptionalNumber(72)
  average_heart_rate: number | null;

  @OptionalNumber(176)
  max_heart_rate: number | null;

  @ScoreState()
  score_state: string;

  @Time('2025-11-19T22:55:00.000Z')
  created_at: string;

  @Time('2025-11-20T22:10:00.000Z')
  updated_at: string;

  static from(row: CycleRow): WhoopCycleDto {
    const dto = new WhoopCycleDto();
    dto.id = row.cycleId;
    dto.cycle_id = row.cycleId;
    dto.date = row.date;
    dto.start_time = iso(row.startTime);
    dto.end_time = row.endTime === null ? null : iso(row.endTime);
    dto.timezone_offset = row.timezoneOffset;
    dto.strain = row.strain;
    dto.kilojoules = row.kilojoules;
    dto.average_heart_rate = row.averageHeartRate;
    dto.max_heart_rate = row.maxHeartRate;
    dto.score_state = row.scoreState;
    dto.created_at = iso(row.createdAt);
    dto.updated_at = iso(row.updatedAt);
    return dto;
  }
}
