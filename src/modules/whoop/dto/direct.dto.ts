import { ApiProperty } from '@nestjs/swagger';
import type { DashboardDay } from '../api/whoop-direct.service.js';

const AnyRecord = { type: 'object' as const, additionalProperties: true };
const SOURCE = 'whoop_api_v2';

export class WhoopDirectRecordsDto {
  @ApiProperty({
    type: 'array',
    items: AnyRecord,
    example: [{ cycle_id: 93842, sleep_id: '9f0c1a52-7c1e-4a63-b1a5-6d1f0a9c2e11', score_state: 'SCORED' }],
    description: 'As WHOOP sent them.',
  })
  records: object[];

  @ApiProperty({ example: 1 })
  count: number;

  @ApiProperty({ enum: [SOURCE], example: SOURCE })
  source: string;

  static from(records: object[]): WhoopDirectRecordsDto {
    const dto = new WhoopDirectRecordsDto();
    dto.records = records;
    dto.count = records.length;
    dto.source = SOURCE;
    return dto;
  }
}

export class WhoopDashboardDayDto {
  @ApiProperty({ ...AnyRecord, example: { id: 93842, score_state: 'SCORED' } })
  cycle: object;

  @ApiProperty({ ...AnyRecord, nullable: true, example: { cycle_id: 93842, score_state: 'SCORED' } })
  recovery: object | null;

  @ApiProperty({ ...AnyRecord, nullable: true, example: { cycle_id: 93842, nap: false }, description: 'No nap.' })
  sleep: object | null;
}

export class WhoopDirectDashboardDto {
  @ApiProperty({ type: [WhoopDashboardDayDto] })
  records: WhoopDashboardDayDto[];

  @ApiProperty({ example: 7 })
  count: number;

  @ApiProperty({ enum: [SOURCE], example: SOURCE })
  source: string;

  static from(days: DashboardDay[]): WhoopDirectDashboardDto {
    const dto = new WhoopDirectDashboardDto();
    dto.records = days.map(({ cycle, recovery, sleep }) => ({ cycle, recovery, sleep }));
    dto.count = days.length;
    dto.source = SOURCE;
    return dto;
  }
}
